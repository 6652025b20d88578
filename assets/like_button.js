/* The heart beside a picture: it shows at once what one wishes, and then what the server says.
 *
 * Clicks may come faster than answers. One request is under way at a time and the latest wish is sent next, so the end
 * is what one saw last; a refusal brings back what the server last said, and says why.
 */

import { createElement as h, Fragment, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

import { writeJson } from "./api_client.js";
import { likeChanged } from "./image_feed.js";

function useLike({ imageId, liked, likes, signIn }) {
  const [truth, setTruth] = useState({ liked, likes });
  const [wish, setWish] = useState(null);
  const [refusal, setRefusal] = useState("");
  const wanted = useRef(null);
  useEffect(() => setTruth({ liked, likes }), [liked, likes]);
  const send = async () => {
    try {
      let said;
      do {
        said = await writeJson(wanted.current ? "PUT" : "DELETE", `/api/v1/images/${imageId}/like`);
        setTruth(said);
        likeChanged(imageId, said);
      } while (said.liked !== wanted.current);
    } catch (problem) {
      if (problem.status === 401) window.location.assign(signIn);
      else setRefusal(problem.message);
    }
    wanted.current = null;
    setWish(null);
  };
  const toggle = () => {
    const isIdle = wanted.current === null;
    wanted.current = !(wanted.current ?? truth.liked);
    setWish(wanted.current);
    setRefusal("");
    if (isIdle) send();
  };
  const shown = wish ?? truth.liked;
  const step = shown === truth.liked ? 0 : shown ? 1 : -1;
  return { shown, count: truth.likes + step, toggle, refusal, forget: () => setRefusal("") };
}

/** Looks like the notices of `components/notices.py`; at the end of the page, for what holds the heart may clip. */
function Refusal({ text, forget }) {
  const cross = h("path", { d: "M6 6l12 12M18 6L6 18" });
  const icon = { className: "cg-icon", viewBox: "0 0 24 24", width: 18, height: 18, "aria-hidden": true };
  const dismiss = { type: "button", className: "cg-icon-button", "aria-label": "Dismiss", onClick: forget };
  const bubble = h("div", { className: "cg-notice cg-notice-failed" }, h("p", null, text), h("button", dismiss, h("svg", icon, cross)));
  return createPortal(h("div", { className: "cg-notices", role: "alert" }, bubble), document.body);
}

/** See clonegallery/ui/components/like.py for what each property means. */
export function LikeButton({ imageId, liked, likes, signIn, children, ...props }) {
  const { shown, count, toggle, refusal, forget } = useLike({ imageId, liked, likes, signIn });
  return h(
    Fragment,
    null,
    h(
      "button",
      { ...props, type: "button", "aria-pressed": shown, onClick: toggle },
      children,
      h("span", { className: "cg-visually-hidden" }, "Like "),
      count > 0 && h("span", null, count.toLocaleString("en")),
    ),
    refusal && h(Refusal, { text: refusal, forget }),
  );
}
