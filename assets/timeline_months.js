/* The months of the list that the grid shows, in its order. */

import { useEffect, useState } from "react";

import { getJson } from "./api_client.js";

const FEWEST_PICTURES = 60;
const FEWEST_MONTHS = 2;
const MOMENTS = {
  newest: (card) => card.created_at,
  oldest: (card) => card.created_at,
  taken: (card) => card.taken_at ?? card.created_at,
};

/** When `card` was made, by what the list is ordered by. */
export const momentOf = (card, order) => MOMENTS[order](card);

/**
 * [{month, count, is_estimate?}] of the pictures that `filters` find, null as long as they are not known, and where a
 * timeline is of no use: few pictures, one month only, an order that is none in time.
 */
export function useMonths(endpoint, filters, feed, refresh) {
  const [found, setFound] = useState({});
  const useful = feed.order in MOMENTS && feed.total >= FEWEST_PICTURES;
  const parameters = new URLSearchParams(filters);
  parameters.set("sort", feed.order);
  const wanted = useful ? `${endpoint}/timeline?${parameters}` : "";
  useEffect(() => {
    if (!wanted) return undefined;
    const request = new AbortController();
    getJson(wanted, request.signal).then(
      (months) => setFound({ wanted, months: wanted.includes("sort=oldest") ? months.reverse() : months }),
      // The grid does without; what it may have to say about the gallery it says itself.
      () => {},
    );
    return () => request.abort();
  }, [wanted, refresh]);
  const months = wanted && found.wanted === wanted ? found.months : [];
  return months.length >= FEWEST_MONTHS ? months : null;
}
