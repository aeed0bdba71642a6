/** Requests to real servers, and their answers. */
import { internet, isolated, type Place, translated } from "./addresses";
import { egress, registry, type User } from "./allowed";
import type { Answer, Attempt } from "./prober";
import { misledName, names, openDoor } from "./servers";

/** A request with its expected answer; without one, there must be no answer. */
export interface Talk extends Attempt {
  readonly what: string;
  readonly hears?: string;
}

/** LDAP: an anonymous bind, and its success (RFC 4511, section 4.2). */
const bind = Buffer.from("300c020101600702010304008000", "hex");
const bound = Buffer.from("0a010004000400", "hex").toString("latin1");

/** Greeting of our own listeners. */
export const greetings = {
  files: "files of the office\n",
  web: "the registry\n",
  pod: "a meeting\n",
  api: "the cluster\n",
} as const;

/** Listeners that are no more than a port. */
export const listeners = (places: readonly Place[]) => [
  ...[111, 139, 445, 2049].flatMap((port) =>
    Object.values(isolated.files).map((address) => ({ space: "files", address, port, greeting: greetings.files })),
  ),
  ...[443, registry.port, egress[0].port].map((port) => ({
    space: "internet",
    address: internet.web.ip,
    port,
    greeting: greetings.web,
  })),
  ...places.flatMap(({ name, role, private: own, pod }) => [
    ...(pod === undefined
      ? []
      : [{ space: `${name}/pod`, address: pod.ip, port: translated.podPort, greeting: greetings.pod }]),
    ...(role === "control" ? [{ space: name, address: own.ip, port: 6443, greeting: greetings.api }] : []),
  ]),
];

/** A first message to every service of the isolated systems, as an allowed client would send it. */
const services: readonly (Pick<Attempt, "target" | "port" | "say"> & {
  readonly what: string;
  readonly hears: string;
})[] = [
  ...(["ip", "ip6"] as const).flatMap((family) => [
    ...[389, 3268].map((port) => ({
      what: "LDAP",
      target: isolated.directory[family],
      port,
      say: [bind],
      hears: bound,
    })),
    ...[25, 587].map((port) => ({
      what: "SMTP",
      target: isolated.mail[family],
      port,
      hears: "220 mail.example.org ESMTP",
    })),
    { what: "IMAP", target: isolated.mail[family], port: 143, hears: "* OK" },
    ...[111, 139, 445, 2049].map((port) => ({
      what: "files",
      target: isolated.files[family],
      port,
      hears: greetings.files,
    })),
    // Over TLS an accepted connection is enough.
    ...[636, 3269].map((port) => ({ what: "LDAP over TLS", target: isolated.directory[family], port, hears: "" })),
    ...[465, 993].map((port) => ({ what: "mail over TLS", target: isolated.mail[family], port, hears: "" })),
  ]),
];

const must = (talk: Omit<Talk, "must" | "until">): Talk => ({
  ...talk,
  ...(talk.hears === undefined || talk.hears === "" ? {} : { until: Buffer.from(talk.hears, "latin1") }),
  must: true,
});

/** An office computer connects to every system: proof that they answer. */
export const fromTheOffice: readonly Talk[] = services.map((service) => must({ origin: "office", ...service }));

/** Every host and every pod connects to every system, as every user that the filter knows. */
export const fromHosts = (places: readonly Place[]): readonly Talk[] =>
  places.flatMap(({ name, role, pod }) =>
    services.flatMap(({ hears: _, ...service }) => [
      ...((role === "gateway" ? ["root", "proxy", "_apt"] : ["root"]) as readonly User[]).map((user) => ({
        ...service,
        origin: name,
        user,
      })),
      ...(pod === undefined ? [] : [{ ...service, origin: `${name}/pod` }]),
    ]),
  );

/** The same without filters. */
export const fromUnfilteredHosts = (places: readonly Place[]): readonly Talk[] =>
  places.flatMap(({ name, pod }) =>
    services.flatMap((service) => [
      must({ ...service, origin: name }),
      ...(pod === undefined ? [] : [must({ ...service, origin: `${name}/pod` })]),
    ]),
  );

const connect = (target: string): readonly string[] => [`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`];
const proxy = (place: Place) => ({ origin: "uc-application-1", target: place.private.ip, port: 3128 });

/** A DNS question for an address, with a number (RFC 1035, section 4.1). */
const question = (number: number, name: string): Buffer =>
  Buffer.concat([
    Buffer.from([number >> 8, number & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0, 0, 1, 0, 1]),
  ]);

/** The gateway whose programs run, with its public address. */
function openGateway(places: readonly Place[]): Place & Required<Pick<Place, "public">> {
  const door = places.find(({ name }) => name === openDoor);
  if (door?.public === undefined) throw new Error(`expected a gateway ${openDoor} with a public address, got none`);
  return { ...door, public: door.public };
}

/** A client on the internet who reaches the pods that the gateway publishes. */
export const published = (places: readonly Place[]): Talk =>
  must({
    ...{ what: "what is published", origin: "internet", target: openGateway(places).public.ip, port: 443 },
    // The shortest first message of TLS: a gateway forwards nothing else.
    say: [`\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03${"\x00".repeat(32)}\x00\x00\x02\x13\x01\x01\x00`],
    hears: greetings.pod,
  });

/** All services of a gateway, and everything that it must refuse. */
export function throughTheGateway(places: readonly Place[]): readonly Talk[] {
  const door = openGateway(places);
  const refused = "HTTP/1.1 403 Forbidden";
  const ask = (target: string) => ({ what: `the proxy, for ${target}`, ...proxy(door), say: connect(target) });
  const dns = (number: number, name: string) =>
    ({ what: `${name} of the resolver`, protocol: "udp", port: 53, say: [question(number, name)] }) as const;
  return [
    // Listed destinations.
    ...[registry, ...egress].map(({ host, port }) => must({ ...ask(`${host}:${port}`), hears: greetings.web })),
    // The gateway's apt can connect in no other way.
    must({
      ...{ what: "the proxy, for the gateway itself", origin: openDoor, user: "_apt", target: "127.0.0.1", port: 3128 },
      say: connect(`${registry.host}:${registry.port}`),
      hears: greetings.web,
    }),
    { what: "the internet as apt", origin: openDoor, user: "_apt", target: internet.web.ip, port: 443 },
    must({
      ...dns(1, "registry.example.ch"),
      origin: "uc-media-1",
      target: door.private.ip,
      hears: octets(names["registry.example.ch"]),
    }),
    published(places),
    // Not listed: by name, by port, by address, without a tunnel.
    ...["unlisted.example.org:443", "registry.example.ch:22", `${internet.web.ip}:443`].map((target) =>
      must({ ...ask(target), hears: refused }),
    ),
    // A listed port of one name opens neither another name's port, nor 443 of that name.
    ...[`${registry.host}:443`, `${egress[0].host}:443`, `${registry.host}:${egress[0].port}`].map((target) =>
      must({ ...ask(target), hears: refused }),
    ),
    must({
      ...proxy(door),
      what: "the proxy, without a tunnel",
      say: ["GET http://registry.example.ch/ HTTP/1.1\r\n\r\n"],
      hears: refused,
    }),
    // Isolated: by address in every notation, and by a listed name that resolves to it.
    ...[
      `${isolated.directory.ip}:443`,
      `${isolated.mail.ip}:443`,
      `[${isolated.directory.ip6}]:443`,
      `[::ffff:${isolated.directory.ip}]:443`,
      `${misledName}:443`,
    ].map((target) => must({ ...ask(target), hears: refused })),
    must({ ...dns(2, "artefacts.example.ch"), origin: "uc-media-1", target: door.private.ip, hears: "\x00\x02" }),
    // Only private hosts may use the proxy and the resolver; no host connects out without the proxy; no isolated system connects in.
    ...["internet", "office"].flatMap((origin) =>
      [door.private.ip, door.public.ip].flatMap((target) => [
        { what: "the proxy", origin, target, port: 3128 },
        { ...dns(3, "registry.example.ch"), origin, target },
      ]),
    ),
    ...places
      .filter(({ role }) => role !== "gateway")
      .flatMap(({ name }) => [
        { what: "the internet without the proxy", origin: name, target: internet.web.ip, port: 443 },
        { ...dns(4, "registry.example.ch"), origin: name, target: internet.resolver.ip },
      ]),
    { what: "the internet as root", origin: openDoor, target: internet.web.ip, port: 443 },
    { what: "what is published", origin: "office", target: door.public.ip, port: 443 },
    { what: "the Kubernetes API", origin: "office", target: door.public.ip, port: 6443 },
  ];
}

/** An address in a DNS answer. */
export const octets = (address: string): string => Buffer.from(address.split(".").map(Number)).toString("latin1");

/** Conversations with an unexpected result, each in a line. */
export const wrongTalks = (talks: readonly Talk[], answers: readonly Answer[]): readonly string[] =>
  talks.flatMap(({ what, origin, user, target, port, hears }, i) => {
    const answer = answers[i] ?? { connected: false, heard: "", complete: false };
    const right =
      hears === undefined
        ? answer.heard === "" && !isOpen(talks[i], answer)
        : answer.complete && !answer.heard.includes(octets(isolated.directory.ip));
    return right
      ? []
      : [
          `${what}: ${origin}${user === undefined ? "" : ` as ${user}`} to ${target} ${port}: ${JSON.stringify(answer)}`,
        ];
  });

/** True if a connection was made: a UDP socket always counts as connected. */
const isOpen = (talk: Talk | undefined, { connected }: Answer): boolean => talk?.protocol !== "udp" && connected;
