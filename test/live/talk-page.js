// Runs inside a page: a client of Talk's signaling server (docs/standalone-signaling-api.md at 6046e47) that sends a picture, or receives somebody's.
window.talk = (() => {
  const state = { socket: undefined, own: "", made: {}, early: {} };

  const say = (message) => state.socket.send(JSON.stringify(message));
  const toSession = (sessionid, data) =>
    say({ type: "message", message: { recipient: { type: "session", sessionid }, data } });

  /** The connection for the stream of a session: one's own, or somebody else's. */
  const connection = (whose) => {
    const made = new RTCPeerConnection({ iceServers: [] });
    made.onicecandidate = ({ candidate }) => {
      if (candidate)
        toSession(whose, { type: "candidate", to: whose, sid: made.sid, roomType: "video", payload: { candidate } });
    };
    made.ontrack = ({ streams: [stream] }) => {
      const video = document.createElement("video");
      Object.assign(video, { muted: true, autoplay: true, srcObject: stream });
      document.body.append(video);
    };
    state.made[whose] = made;
    state.early[whose] = [];
    return made;
  };

  // A candidate can come before the description that it belongs to.
  const described = async (whose, description) => {
    await state.made[whose].setRemoteDescription(description);
    for (const candidate of state.early[whose].splice(0)) await state.made[whose].addIceCandidate(candidate);
  };

  const hear = async ({ sender, data }) => {
    const whose = sender.sessionid;
    const made = state.made[whose];
    if (data.type === "answer") await described(whose, data.payload);
    if (data.type === "offer") {
      made.sid = data.sid;
      await described(whose, data.payload);
      await made.setLocalDescription(await made.createAnswer());
      const { type, sdp } = made.localDescription;
      toSession(whose, { type: "answer", to: whose, sid: data.sid, roomType: "video", payload: { type, sdp } });
    }
    if (data.type === "candidate" && made?.remoteDescription) await made.addIceCandidate(data.payload.candidate);
    else if (data.type === "candidate") state.early[whose]?.push(data.payload.candidate);
  };

  /** Says hello and joins a room. Gives the session. */
  const enter = (url, auth, room, sessionid) =>
    new Promise((resolve, reject) => {
      state.socket = new WebSocket(url);
      state.socket.onopen = () => say({ id: "hello", type: "hello", hello: { version: "2.0", auth } });
      state.socket.onclose = () => reject(new Error("closed"));
      state.socket.onmessage = ({ data }) => {
        const said = JSON.parse(data);
        if (said.type === "error") reject(new Error(said.error.code));
        if (said.id === "hello" && said.hello) {
          state.own = said.hello.sessionid;
          say({ id: "join", type: "room", room: { roomid: room, sessionid } });
        }
        if (said.id === "join" && said.type === "room") resolve(state.own);
        if (said.type === "message") void hear(said.message);
      };
    });

  const publish = async () => {
    const made = connection(state.own);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
    for (const track of stream.getTracks()) made.addTrack(track, stream);
    made.sid = String(Date.now());
    await made.setLocalDescription(await made.createOffer());
    const { type, sdp } = made.localDescription;
    toSession(state.own, { type: "offer", to: state.own, sid: made.sid, roomType: "video", payload: { type, sdp } });
  };

  const watch = (whose) => {
    connection(whose);
    toSession(whose, { type: "requestoffer", roomType: "video" });
  };

  /** Of the connection for a session's stream: its state, where its packets go, its cipher and the pictures that came. */
  const seen = async (whose = state.own) => {
    const made = state.made[whose];
    const all = made === undefined ? [] : [...(await made.getStats()).values()];
    const transport = all.find(({ type }) => type === "transport");
    const pair = all.find(({ id }) => id === transport?.selectedCandidatePairId);
    const remote = all.find(({ id }) => id === pair?.remoteCandidateId);
    return {
      state: made?.connectionState ?? "none",
      sdp: made?.remoteDescription?.sdp ?? "",
      address: remote?.address ?? "",
      port: remote?.port ?? 0,
      dtls: `${transport?.dtlsState ?? "none"} ${transport?.tlsVersion ?? ""} ${transport?.srtpCipher ?? ""}`,
      frames: all.find(({ type, kind }) => type === "inbound-rtp" && kind === "video")?.framesDecoded ?? 0,
    };
  };

  return { enter, publish, watch, seen };
})();
