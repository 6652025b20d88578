/* From one search to another, and to one by a picture. */

import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";

import { searchByImage } from "./by_image.js";
import { searchFor } from "./search_draft.js";

/** Goes to another search; the same one again is no new step of the history. */
export function useGoing(close) {
  const navigate = useNavigate();
  const { pathname, search, state } = useLocation();
  return useCallback(
    (q, { isNarrower, among = search }) => {
      close();
      const wanted = searchFor(among, q, isNarrower);
      const replace = wanted === search && !state?.byImage;
      // At once: what the server read in the address before would come over what was just chosen.
      navigate({ pathname, search: wanted }, { replace, flushSync: true });
    },
    [navigate, pathname, search, state, close],
  );
}

/** `{look(file, q, among), trouble, isLooking}`: the search by a picture, among what `q` and a query string leave. */
export function useLooking() {
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const [looking, setLooking] = useState({ isLooking: false, trouble: "" });
  const request = useRef(null);
  useEffect(() => () => request.current?.abort(), []);
  const look = useCallback(
    async (file, q, among = search) => {
      const wanted = searchFor(among, q);
      request.current?.abort();
      const controller = (request.current = new AbortController());
      setLooking({ isLooking: true, trouble: "" });
      try {
        const state = await searchByImage(file, wanted, controller.signal);
        setLooking({ isLooking: false, trouble: "" });
        navigate({ pathname, search: wanted }, { state });
      } catch (problem) {
        if (problem.name !== "AbortError") setLooking({ isLooking: false, trouble: problem.message });
      }
    },
    [navigate, pathname, search],
  );
  const forget = useCallback(() => setLooking(({ isLooking }) => ({ isLooking, trouble: "" })), []);
  return { ...looking, look, forget };
}
