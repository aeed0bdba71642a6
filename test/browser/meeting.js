// Runs inside a page: joins a room as a client of LiveKit does (livekit/protocol, livekit_rtc.proto, as JSON), sends a picture and receives others'.
window.meeting = (() => {
  const state = { pongs: 0, joins: 0 };
  let socket, publisher, subscriber;

  const say = (message) => socket.send(JSON.stringify(message));

  const connection = (target, iceServers) => {
    const made = new RTCPeerConnection({ iceServers });
    made.onicecandidate = ({ candidate }) => {
      if (candidate) say({ trickle: { candidateInit: JSON.stringify(candidate.toJSON()), target } });
    };
    return made;
  };

  // A candidate can come before the description that it belongs to.
  const early = { PUBLISHER: [], SUBSCRIBER: [] };
  const add = async (target, candidate) => {
    const made = target === "SUBSCRIBER" ? subscriber : publisher;
    if (made.remoteDescription) await made.addIceCandidate(candidate);
    else early[target].push(candidate);
  };
  const described = async (target) => {
    for (const candidate of early[target].splice(0)) await add(target, candidate);
  };

  const hear = async (message) => {
    if (message.pongResp) state.pongs += 1;
    if (message.answer) {
      await publisher.setRemoteDescription({ type: "answer", sdp: message.answer.sdp });
      await described("PUBLISHER");
    }
    if (message.offer) {
      await subscriber.setRemoteDescription({ type: "offer", sdp: message.offer.sdp });
      await described("SUBSCRIBER");
      const answer = await subscriber.createAnswer();
      await subscriber.setLocalDescription(answer);
      say({ answer: { type: "answer", sdp: answer.sdp, id: message.offer.id } });
    }
    if (message.trickle) await add(message.trickle.target ?? "PUBLISHER", JSON.parse(message.trickle.candidateInit));
    if (message.trackPublished) {
      await publisher.setLocalDescription(await publisher.createOffer());
      say({ offer: { type: "offer", sdp: publisher.localDescription.sdp } });
    }
  };

  /** Fields of a message in Protocol Buffers, by number; the last of each counts. */
  const fields = (bytes) => {
    const found = {};
    let at = 0;
    const number = () => {
      let [value, shift] = [0, 1];
      for (;;) {
        const byte = bytes[at++];
        value += (byte & 127) * shift;
        shift *= 128;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = number();
      if (tag % 8 === 0) found[tag / 8] = number();
      else if (tag % 8 === 2) {
        const length = number();
        found[(tag - 2) / 8] = bytes.subarray(at, at + length);
        at += length;
      } else throw new Error(`a field of kind ${tag % 8}`);
    }
    return found;
  };

  const text = (bytes) => new TextDecoder().decode(bytes);

  /** A message of the server from before it has heard that this page talks JSON: `offer` (3) and `trickle` (4) of `SignalResponse`. */
  const inBytes = (data) => {
    const { 3: offer, 4: trickle } = fields(new Uint8Array(data));
    if (offer) {
      const { 2: sdp, 3: id } = fields(offer);
      return { offer: { sdp: text(sdp), id } };
    }
    if (trickle) {
      const { 1: candidateInit, 2: target } = fields(trickle);
      return { trickle: { candidateInit: text(candidateInit), target: target === 1 ? "SUBSCRIBER" : "PUBLISHER" } };
    }
    return {};
  };

  /** Joins with a ticket. Answers once the server talks JSON. */
  const join = async (url, token) => {
    state.pongs = 0;
    for (const candidates of Object.values(early)) candidates.length = 0;
    socket = new WebSocket(`${url}/rtc?access_token=${token}&protocol=15&sdk=js&version=2.0.0&auto_subscribe=1`);
    socket.binaryType = "arraybuffer";
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("the connection was refused"));
    });
    publisher = connection("PUBLISHER", []);
    subscriber = connection("SUBSCRIBER", []);
    subscriber.ontrack = ({ track }) => {
      const video = document.createElement("video");
      Object.assign(video, { autoplay: true, muted: true, playsInline: true, srcObject: new MediaStream([track]) });
      document.body.append(video);
    };
    let order = Promise.resolve();
    socket.onmessage = ({ data }) => {
      order = order.then(() => hear(typeof data === "string" ? JSON.parse(data) : inBytes(data)));
    };
    say({ pingReq: { timestamp: "1", rtt: "0" } });
    while (state.pongs === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  /** Sends the picture of the camera. */
  const publish = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
    const [track] = stream.getVideoTracks();
    publisher.addTransceiver(track, { direction: "sendonly", streams: [stream] });
    say({ addTrack: { cid: track.id, name: "camera", type: "VIDEO", source: "CAMERA", width: 320, height: 240 } });
  };

  /** Ends when the connection has ended, or media no longer comes. */
  const lost = () =>
    new Promise((resolve) => {
      socket.addEventListener("close", resolve);
      for (const made of [publisher, subscriber])
        made.addEventListener("connectionstatechange", () => {
          if (["disconnected", "failed"].includes(made.connectionState)) resolve();
        });
    });

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** Is in the room with a picture, and joins again with the same ticket whenever it is lost. Never ends. */
  const stay = async (url, token) => {
    for (;;) {
      const joined = join(url, token).then(publish);
      if (await Promise.race([joined.then(() => true).catch(() => false), pause(5_000)])) {
        state.joins += 1;
        await lost();
      }
      for (const one of [socket, publisher, subscriber]) one?.close();
      await pause(500);
    }
  };

  /** Address of the server as media reach it, by the pair of candidates in use. */
  const server = (reports) => {
    const { selectedCandidatePairId } = reports.find(({ type }) => type === "transport") ?? {};
    const pair = reports.find(({ id }) => id === selectedCandidatePairId);
    return reports.find(({ id }) => id === pair?.remoteCandidateId)?.address ?? "";
  };

  /** Pictures that were received and decoded, and the transports of both directions. */
  const seen = async () => {
    const reports = async (made) => [...(await made.getStats()).values()];
    const both = { sent: await reports(publisher), received: await reports(subscriber) };
    return {
      joins: state.joins,
      server: server(both.received),
      frames: Math.max(
        0,
        ...both.received.filter((one) => one.type === "inbound-rtp").map((one) => one.framesDecoded ?? 0),
      ),
      transports: [both.sent, both.received].map((all) => {
        const { dtlsState, srtpCipher, tlsVersion } = all.find((one) => one.type === "transport") ?? {};
        return { dtlsState, srtpCipher, tlsVersion };
      }),
    };
  };

  return { join, publish, stay, seen };
})();
