import { linkTo } from "../../../components/core/connections";
import { givenSmtpRelay } from "../../../components/core/given-connections";
import { endText, link, linkOut, sameEnd } from "../../../components/core/link";
import { podsHost, serviceHost, tier } from "../../../components/core/tier";

const signalling = tier("meet", "meet-signalling-1", { xmpp: 5222, web: 5280 });
const focus = tier("meet", "meet-focus-1", { health: 8888 });
const store = { name: "object store", ranges: ["192.0.2.0/24"] };

describe("a tier", () => {
  test("has its ports by name, TCP unless it says otherwise", () => {
    expect(tier("meet", "bridge", { media: { port: 10_000, protocol: "udp" }, api: 8080 })).toEqual({
      namespace: "meet",
      name: "bridge",
      ports: { media: { port: 10_000, protocol: "udp" }, api: { port: 8080 } },
    });
  });

  test("has host names of its service and of its pods", () => {
    expect(serviceHost(focus)).toBe("meet-focus-1.meet.svc.cluster.local");
    expect(podsHost(focus)).toBe("meet-focus-1-pods.meet.svc.cluster.local");
  });

  test("may have one number for TCP and for UDP", () => {
    expect(Object.keys(tier("a", "b", { tcp: 53, udp: { port: 53, protocol: "udp" } }).ports)).toEqual(["tcp", "udp"]);
  });

  test.each([
    ["a namespace that is none", "Meet", "web", { http: 80 }, /namespace: expected a name of at most 63/],
    ["a name that is too long for pods", "meet", "w".repeat(53), { http: 80 }, /name: expected a name of at most 52/],
    ["a port beyond 65535", "meet", "web", { http: 70_000 }, /ports: http: expected a port from 1 to 65535, got 70000/],
    ["a port name with a capital", "meet", "web", { Http: 80 }, /ports: Http: expected a port name/],
    ["a port name with two hyphens", "meet", "web", { "h--p": 80 }, /ports: h--p: expected a port name/],
    [
      "two names of one port",
      "meet",
      "web",
      { a: 80, b: 80 },
      /expected one name per port, got "a and b, both tcp 80"/,
    ],
    [
      "a protocol that is none",
      "meet",
      "web",
      { a: { port: 80, protocol: "sctp" as "tcp" } },
      /ports: a: expected a protocol out of tcp, udp, got "sctp"/,
    ],
    [
      "ports that are a list",
      "meet",
      "web",
      [80] as unknown as { a: number },
      /ports: expected ports by name, got \[80\]/,
    ],
    [
      "no ports at all",
      "meet",
      "web",
      undefined as unknown as { a: number },
      /ports: expected ports by name, got nothing/,
    ],
  ])("refuses %s", (_, namespace, name, ports, message) => {
    expect(() => tier(namespace, name, ports as unknown as Record<string, number>)).toThrow(message);
  });

  test("reports all problems at once", () => {
    expect(() => tier("A", "B", { c: 0 })).toThrow(/namespace: [^]*name: [^]*ports: c:/);
  });
});

describe("a link", () => {
  test("has the number and protocol of the port that it names", () => {
    expect(link(focus, signalling, "xmpp", "the focus of this shard")).toEqual({
      from: focus,
      to: signalling,
      port: 5222,
      protocol: "tcp",
      reason: "the focus of this shard",
    });
    const bridge = tier("meet", "bridge", { media: { port: 10_000, protocol: "udp" } });
    expect(link(store, bridge, "media", "media")).toMatchObject({ port: 10_000, protocol: "udp" });
  });

  test("to a port that the tier lacks does not compile, and is refused at run time", () => {
    expect(() =>
      // @ts-expect-error the signalling server has no port "http"
      link(focus, signalling, "http", "r"),
    ).toThrow(/port: expected a port of "meet-signalling-1" out of xmpp, web, got "http"; name one/);
    // @ts-expect-error a number is no name of a port
    expect(() => link(focus, signalling, 5222, "r")).toThrow(/port: expected a port of "meet-signalling-1"/);
  });

  test("to a tier without ports is refused", () => {
    const job = tier("meet", "job", {});
    // @ts-expect-error a tier without ports takes no connection
    expect(() => link(focus, job, "http", "r")).toThrow(/expected a port of "job" out of none/);
  });

  test.each([
    ["no reason", () => link(focus, signalling, "web", " "), /reason: expected a reason on one line, got " "/],
    ["a reason of two lines", () => link(focus, signalling, "web", "a\nb"), /reason: expected a reason on one line/],
    [
      "no ranges outside",
      () => linkOut(focus, { name: "x", ranges: [] }, 1, "r"),
      /to: expected a list of at least 1 range/,
    ],
    [
      "a range with host bits",
      () => linkOut(focus, { name: "x", ranges: ["10.0.0.1/8"] }, 1, "r"),
      /to: expected a range without host bits/,
    ],
    [
      "a place without a name",
      () => linkOut(focus, { name: "", ranges: ["10.0.0.0/8"] }, 1, "r"),
      /to: expected an end with a name/,
    ],
    ["a port of nothing", () => linkOut(focus, store, 0, "r"), /port: expected a port from 1 to 65535, got 0/],
    [
      "a tier that is missing",
      () => link(focus, undefined as never, "web" as never, "r"),
      /to: expected a tier or something outside, got nothing/,
    ],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test("compares ends by what they are, not by identity", () => {
    expect(sameEnd(focus, tier("meet", "meet-focus-1", {}))).toBe(true);
    expect(sameEnd(focus, tier("other", "meet-focus-1", {}))).toBe(false);
    expect(sameEnd(store, { ...store })).toBe(true);
    expect(sameEnd(store, { ...store, ranges: ["198.51.100.0/24"] })).toBe(false);
    expect(sameEnd(focus, store)).toBe(false);
    expect(endText(focus)).toBe("meet/meet-focus-1");
    expect(endText(store)).toBe("object store");
  });

  test("to a small value leads to its peer", () => {
    const relay = givenSmtpRelay({ host: "mail.example.ch", port: 587, from: "a@example.ch", peer: store });
    expect(linkTo(focus, relay, "invitations")).toMatchObject({ from: focus, to: store, port: 587, protocol: "tcp" });
    expect(linkTo(focus, { peer: signalling, port: 5280 }, "r")).toMatchObject({ to: signalling, port: 5280 });
    expect(() => linkTo(focus, { peer: signalling, port: 5432 }, "r")).toThrow(
      /expected a TCP port of "meet\/meet-signalling-1", got 5432/,
    );
  });
});
