import { type Secret, secretText } from "../../core/secret";

/** Settings of a server of the bus. */
export interface BusSettings {
  readonly name: string;
  /** Names of all servers, itself included. */
  readonly servers: readonly string[];
  readonly ports: { readonly nats: number; readonly cluster: number; readonly monitor: number };
  /** Folder with the servers' certificate, its key and their authority. */
  readonly certificates: string;
  /** @default "0.0.0.0" */
  readonly listen?: string;
  /** Ports of the other servers, where each has one of its own: in tests. @default - the same as its own */
  readonly routes?: readonly number[];
}

/** Files below the folder of certificates. */
export const busFiles = { certificate: "bus.crt", key: "bus.key", authority: "authority.crt" } as const;

/**
 * The configuration of a server of the bus (NATS): its name and its passwords come from the environment, which it reads itself. Clients and other servers speak TLS;
 * servers show each other certificates. It keeps nothing: no JetStream, no file.
 */
export const nats = ({ name, servers, ports, certificates, listen = "0.0.0.0", routes }: BusSettings): string => {
  const tls = (verify: boolean): string =>
    `{ cert_file: "${certificates}/${busFiles.certificate}", key_file: "${certificates}/${busFiles.key}", ca_file: "${certificates}/${busFiles.authority}", verify: ${verify} }`;
  return `server_name: $BUS_NAME
listen: "${listen}:${ports.nats}"
http: "${listen}:${ports.monitor}"
max_payload: 8MB
write_deadline: "10s"
tls: ${tls(false)}
authorization: { user: "signaling", password: $BUS_PASSWORD, timeout: 5 }
cluster: {
  name: "${name}"
  listen: "${listen}:${ports.cluster}"
  tls: ${tls(true)}
  routes: [
${servers.map((host, i) => `    "nats-route://${host}:${routes?.[i] ?? ports.cluster}"`).join("\n")}
  ]
}
`;
};

/**
 * The password as the environment of a server of the bus has it: in quotation marks. It reads a variable as a value of its configuration (conf/parse.go at v2.14.5): "3K0…"
 * would be a number with a suffix and something wrong behind it, and the server would not start. Of 200,000 passwords of 32 letters and digits 1,266 were such (seen).
 */
export const busPassword = (bus: Secret): Secret => secretText({ bus }, ({ bus: password }) => `"${password}"`);
