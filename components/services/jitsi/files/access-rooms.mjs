/** Rooms as the page of the meetings and the signalling servers call them, and what the page asks to have back after signing in. */

/** Settings of the page that come back: what somebody chose before signing in, and that they need not choose again. */
const kept = ["config.prejoinConfig.enabled", "config.startWithAudioMuted", "config.startWithVideoMuted"];

/**
 * A room's name, decoded, normalised and in lower case (getNormalizedRoomName of jitsi-meet); undefined for what is none.
 */
export function normalised(room) {
  if (typeof room !== "string" || room === "" || room.length > 300) return undefined;
  let name = room;
  try {
    name = decodeURIComponent(room);
  } catch {
    // It was not encoded.
  }
  name = name.normalize("NFKC").toLowerCase();
  // A slash would be a tenant, of which there are none; a leading dot another path.
  return name === "" || /[/\\\u0000-\u001f]/.test(name) || /^\.+$/.test(name) || !name.isWellFormed()
    ? undefined
    : name;
}

/** The room as the signalling server knows it (getBackendSafeRoomName). */
export const backendRoom = (name) => encodeURIComponent(name).toLowerCase();

/** What the page says when it sends somebody here, `state` as JSON; undefined without a room. */
export function wish(text) {
  try {
    const state = JSON.parse(text);
    const room = normalised(state?.room);
    if (room === undefined) return undefined;
    return {
      room,
      ...Object.fromEntries(kept.filter((key) => typeof state[key] === "boolean").map((key) => [key, state[key]])),
    };
  } catch {
    return undefined;
  }
}

/** The address of the meeting, on this site whatever was asked for. */
export function meeting(domain, { room, ...settings }, token) {
  const hash = new URLSearchParams(Object.entries(settings).map(([key, value]) => [key, String(value)]));
  const tail = hash.size === 0 ? "" : `#${hash}`;
  return `https://${domain}/${encodeURIComponent(room)}?jwt=${token}${tail}`;
}
