/** Counts of what sources and accounts do, so that guessing costs time. Each replica counts for itself: who is spread over all of them gets as many times more. */

/** The network that a client comes from: an IPv4 address, or the 64 leading bits of an IPv6 address. */
export function sourceOf(forwarded, remote = "") {
  // The edge puts the client's address there in the place of whatever came with the request.
  const address = (forwarded?.split(",").at(-1)?.trim() || remote).replace(/^::ffff:/i, "");
  if (!address.includes(":")) return address;
  const [left, right = ""] = address.toLowerCase().split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === "" ? [] : right.split(":");
  const zeros = address.includes("::") ? Array(Math.max(0, 8 - head.length - tail.length)).fill("0") : [];
  return [...head, ...zeros, ...tail].slice(0, 4).join(":");
}

/**
 * A limit: at most `most` in `seconds` of one key. The oldest keys are forgotten beyond `keys`, so that memory has an end.
 */
export function limit(most, seconds, { keys = 10_000, now = () => Date.now() / 1000 } = {}) {
  const windows = new Map();
  const current = (key) => {
    const window = windows.get(key);
    return window !== undefined && window.ends > now() ? window : undefined;
  };
  return {
    /** Seconds to wait; 0 for none. */
    wait: (key) => {
      const window = current(key);
      return window === undefined || window.count < most ? 0 : Math.ceil(window.ends - now());
    },
    count(key, by = 1) {
      const window = current(key) ?? { count: 0, ends: now() + seconds };
      window.count = Math.max(0, window.count + by);
      windows.delete(key);
      windows.set(key, window);
      if (windows.size > keys) windows.delete(windows.keys().next().value);
    },
  };
}
