import { mediaPorts, ports } from "./settings";

/** Secrets in the configuration of a signaling server. */
export interface SignalingSecrets {
  /** Of the web servers: requests both ways carry a checksum by it. */
  readonly backend: string;
  /** Of sessions: 32 letters and digits each. */
  readonly hash: string;
  readonly block: string;
  /** Of recorders. */
  readonly internal: string;
  /** Of the bus. */
  readonly bus: string;
}

export interface SignalingSettings {
  /** Address of the web servers, as browsers know it. */
  readonly backend: string;
  /** Addresses whose word about clients' addresses counts: the edge's pods. */
  readonly proxies: string;
  /** Names of the servers of the bus. */
  readonly bus: readonly string[];
  /** Name that resolves to every signaling server. */
  readonly peers: string;
  /** Addresses of the media hosts. */
  readonly media: readonly string[];
  /** Folder with the certificates of the servers among themselves, and the key that media hosts know. */
  readonly certificates: string;
  /** @default - those of the pods */
  readonly listen?: { readonly http: string; readonly grpc: string };
  /** Ports of the bus, the other servers and media hosts, where they are others: in tests. */
  readonly remote?: { readonly bus: number; readonly grpc: number; readonly media: number };
}

/** Identifier of the web servers in the file. */
const backendId = "hub";

/** Name by which media hosts know the key of the signaling servers. */
export const tokenId = "signaling";

/** Files below the folder of certificates. */
export const signalingFiles = {
  certificate: "signaling.crt",
  key: "signaling.key",
  authority: "authority.crt",
  tokenKey: "token.key",
} as const;

/**
 * The configuration of a signaling server (server.conf), with its secrets. Servers know each other by gRPC with certificates both ways, and share news over the bus. Only
 * the web servers of this deployment count as a back end, no address is looked up anywhere (geoip), and nobody but the server itself reads figures.
 */
export const serverConf = (secrets: SignalingSecrets, settings: SignalingSettings): string => {
  const { certificates, remote = { bus: ports.nats, grpc: ports.grpc, media: mediaPorts.proxy } } = settings;
  const file = (name: keyof typeof signalingFiles): string => `${certificates}/${signalingFiles[name]}`;
  return `[http]
listen = ${settings.listen?.http ?? `0.0.0.0:${ports.signaling}`}

[app]
debug = false
allowsubscribeany = false
trustedproxies = ${settings.proxies}

[sessions]
hashkey = ${secrets.hash}
blockkey = ${secrets.block}

[clients]
internalsecret = ${secrets.internal}

[backend]
backendtype = static
backends = ${backendId}
allowall = false
skipverify = false
timeout = 10
connectionsperhost = 8

[${backendId}]
urls = ${settings.backend}
url = ${settings.backend}
secret = ${secrets.backend}

[federation]
skipverify = false

[nats]
url = ${settings.bus.map((host) => `tls://signaling:${secrets.bus}@${host}:${remote.bus}`).join(",")}

[mcu]
type = proxy
url = ${settings.media.map((address) => `http://${address}:${remote.media}`).join(" ")}
urltype = static
skipverify = false
token_id = ${tokenId}
token_key = ${file("tokenKey")}

[stats]
allowed_ips = 127.0.0.1

[grpc]
listen = ${settings.listen?.grpc ?? `0.0.0.0:${ports.grpc}`}
servercertificate = ${file("certificate")}
serverkey = ${file("key")}
serverca = ${file("authority")}
clientcertificate = ${file("certificate")}
clientkey = ${file("key")}
clientca = ${file("authority")}
targettype = static
targets = ${settings.peers}:${remote.grpc}
dnsdiscovery = true
`;
};

export interface ProxySettings {
  /** Address of the host inside the network, to which signaling servers connect. */
  readonly listen: string;
  /** File of the key that signaling servers sign with: its public half. */
  readonly tokenKey: string;
  /** Port of Janus on the loopback address. */
  readonly janus: number;
}

/** The configuration of the proxy in front of Janus on a media host (proxy.conf): it lets in who signs with the signaling servers' key. */
export const proxyConf = ({ listen, tokenKey, janus }: ProxySettings): string => `[http]
listen = ${listen}

[app]
debug = false
tokentype = static

[tokens]
${tokenId} = ${tokenKey}

[mcu]
type = janus
url = ws://127.0.0.1:${janus}/

[stats]
allowed_ips = 127.0.0.1
`;
