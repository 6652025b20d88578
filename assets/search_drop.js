/* Pictures to search by that come from outside: pasted, or dropped anywhere on the page of the search. */

import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

/** The first picture among the files of `transfer`, of a drop or a paste. */
export function pictureIn(transfer) {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
}

/** What was dropped to be searched with: of HEIC many browsers do not know that it is a picture, others are refused. */
function droppedIn(transfer) {
  const files = [...transfer.files];
  return pictureIn(transfer) ?? files.find((file) => !file.type) ?? files[0];
}

/**
 * Whether files are dragged over the window that it takes. `look(file)` hears of the file that was dropped, if
 * possible of a picture; nothing is taken while a question stands in front of the page.
 */
export function useDropAnywhere(look) {
  const [isOver, setOver] = useState(false);
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    const isOurs = (event) => !event.defaultPrevented && event.dataTransfer?.types.includes("Files");
    const isCovered = () => document.querySelector("dialog:modal") !== null;
    const onDragOver = (event) => {
      if (!isOurs(event)) return;
      event.preventDefault();
      if (isCovered()) event.dataTransfer.dropEffect = "none";
      else setOver(true);
    };
    const onDragLeave = (event) => event.relatedTarget === null && setOver(false);
    const onDrop = (event) => {
      // At once, and not with the next drawing: whoever hears of the picture finds the box where it is otherwise.
      flushSync(() => setOver(false));
      if (!isOurs(event)) return;
      // The browser would leave the page for the file.
      event.preventDefault();
      const file = droppedIn(event.dataTransfer);
      if (file && !isCovered()) latest.current(file);
    };
    const handlers = { dragover: onDragOver, dragleave: onDragLeave, drop: onDrop };
    Object.entries(handlers).forEach(([name, handler]) => window.addEventListener(name, handler));
    return () => Object.entries(handlers).forEach(([name, handler]) => window.removeEventListener(name, handler));
  }, []);
  return isOver;
}
