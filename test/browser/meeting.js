// Runs inside a page, after LiveKit's own client for browsers: joins a room, sends a picture and receives others'.
window.meeting = (() => {
  const { Room, RoomEvent } = window.LivekitClient;
  const state = { room: undefined, told: [] };

  // Every connection that the client makes, for what it says of itself.
  const connections = [];
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings);
      connections.push(this);
    }
  };

  /** Joins with a ticket. */
  const join = async (url, token) => {
    const room = new Room();
    state.room = room;
    room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
    for (const event of [RoomEvent.Reconnecting, RoomEvent.Reconnected, RoomEvent.Disconnected])
      room.on(event, (reason) => state.told.push(`${event} ${reason ?? ""}`.trim()));
    await room.connect(url, token);
  };

  /** Sends the picture of the camera. */
  const publish = () =>
    state.room.localParticipant.setCameraEnabled(true, { resolution: { width: 320, height: 240, frameRate: 15 } });

  /** Is in the room with a picture, and joins anew with the same ticket when the client has given up. Never ends. */
  const stay = async (url, token) => {
    for (;;) {
      try {
        await join(url, token);
        const over = new Promise((resolve) => state.room.once(RoomEvent.Disconnected, resolve));
        await publish();
        await over;
      } catch (error) {
        state.told.push(error.message);
        await state.room.disconnect();
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };

  /** Address of the server as media reach it, by the pair of candidates in use. */
  const server = (reports) => {
    const { selectedCandidatePairId } = reports.find(({ type }) => type === "transport") ?? {};
    const pair = reports.find(({ id }) => id === selectedCandidatePairId);
    return reports.find(({ id }) => id === pair?.remoteCandidateId)?.address ?? "";
  };

  /** Pictures that were received and decoded, the server that they come from, the transports in use, and what the client told of its connection. */
  const seen = async () => {
    const open = connections.filter(({ connectionState }) => connectionState === "connected");
    const reports = (one) => one.getStats().then((found) => [...found.values()]);
    // One that is closed meanwhile has none.
    const all = await Promise.all(open.map((one) => reports(one).catch(() => [])));
    const pictures = (reports) =>
      Math.max(0, ...reports.filter(({ type }) => type === "inbound-rtp").map((one) => one.framesDecoded ?? 0));
    const [from = []] = all.toSorted((one, other) => pictures(other) - pictures(one));
    return {
      frames: pictures(from),
      server: server(from),
      told: state.told,
      transports: all.map((reports) => {
        const { dtlsState, srtpCipher, tlsVersion } = reports.find(({ type }) => type === "transport") ?? {};
        return { dtlsState, srtpCipher, tlsVersion };
      }),
    };
  };

  return { join, publish, stay, seen };
})();
