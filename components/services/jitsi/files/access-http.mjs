/** Questions to the identity provider over HTTPS, directly or through the gateways' proxy (HTTPS_PROXY): JSON, of a size and in a time that have an end. */
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { connect } from "node:tls";

const mostBytes = 262_144;

/** A connection through a proxy: names are resolved there, TLS is with the other side. */
const tunnel = (proxy, { hostname, port }, ca, seconds) =>
  new Promise((found, failed) => {
    const { hostname: host, port: at } = proxy;
    const path = `${hostname}:${port || 443}`;
    const asked = plain({ host, port: at || 80, method: "CONNECT", path, timeout: seconds * 1000 });
    asked.on("connect", (answer, socket) => {
      if (answer.statusCode === 200) found(connect({ socket, servername: hostname, ca }));
      else failed(new Error(`the proxy answers ${answer.statusCode}`));
    });
    asked.on("timeout", () => asked.destroy(new Error("the proxy does not answer")));
    asked.on("error", failed);
    asked.end();
  });

/**
 * Asks for JSON.
 *
 * @param ca authority that the other side is verified with, in the place of those that Node knows.
 * @returns status and body. @throws Error where there is no such answer: only https, no redirect is followed.
 */
export async function ask(
  address,
  { method = "GET", headers = {}, body, ca, proxy = process.env.HTTPS_PROXY, seconds = 10 } = {},
) {
  const url = new URL(address);
  if (url.protocol !== "https:") throw new Error("expected an address with https");
  const socket = proxy ? await tunnel(new URL(proxy), url, ca, seconds) : undefined;
  return new Promise((found, failed) => {
    const asked = secure(url, {
      method,
      headers: { Accept: "application/json", ...headers },
      agent: false,
      ca,
      ...(socket === undefined ? {} : { createConnection: () => socket }),
    });
    const late = setTimeout(() => asked.destroy(new Error(`no answer in ${seconds} seconds`)), seconds * 1000);
    asked.on("close", () => clearTimeout(late));
    asked.on("error", failed);
    asked.on("response", (answer) => {
      const parts = [];
      let bytes = 0;
      answer.on("data", (part) => {
        bytes += part.length;
        if (bytes > mostBytes) asked.destroy(new Error("the answer is too long"));
        else parts.push(part);
      });
      answer.on("error", failed);
      answer.on("end", () => {
        try {
          found({ status: answer.statusCode, body: JSON.parse(Buffer.concat(parts).toString()) });
        } catch {
          failed(new Error(`expected JSON, got an answer with status ${answer.statusCode}`));
        }
      });
    });
    asked.end(body);
  });
}
