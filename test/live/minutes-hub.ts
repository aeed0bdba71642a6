/**
 * The places that minutes go to, as one program of a pod: a hub with the files and shares of Nextcloud's interface, an identity service, a mail relay. People open what was
 * shared with them by their own names and passwords; what the hub holds is told on the loopback address alone.
 */
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createServer as createTlsWebServer } from "node:https";
import { connect } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { identityServer, type Known, mailRelay, nextcloudServer } from "../servers/minutes-places";
import { hubPorts, passwordOf, readerPort } from "./minutes-people";

async function main(people: readonly Known[]): Promise<void> {
  const [hub, identity, relay] = await Promise.all([nextcloudServer(), identityServer(people), mailRelay()]);
  for (const { username } of people) hub.users.add(username);
  const pair = { cert: readFileSync("/hub/server.crt"), key: readFileSync("/hub/server.key") };

  /** A file of a folder that was shared with somebody: the folder lies in their own files, under its own name. */
  const opened = (who: string, path: string): Buffer | undefined => {
    const [folder = "", name = "", ...more] = path.split("/").map(decodeURIComponent);
    const share = hub.shares.find((one) => one.who === who && one.path.endsWith(`/${folder}`));
    return folder === "" || more.length > 0 || share === undefined ? undefined : hub.files.get(`${share.path}/${name}`);
  };
  const personOf = (authorization = ""): string | undefined => {
    const [name = "", password] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString()
      .split(/:(.*)/s);
    return people.some(({ username }) => username === name) && password === passwordOf(name) ? name : undefined;
  };
  createTlsWebServer(pair, (asked, answer) => {
    const { method, url = "", headers } = asked;
    const who = personOf(headers.authorization);
    const own = `/remote.php/dav/files/${who ?? ""}/`;
    if (who !== undefined) {
      const file = method === "GET" && url.startsWith(own) ? opened(who, url.slice(own.length)) : undefined;
      return void answer.writeHead(file === undefined ? 404 : 200).end(file);
    }
    asked.pipe(
      request(`${hub.url}${url}`, { method, headers }, (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      }).on("error", () => answer.destroy()),
    );
  }).listen(hubPorts.https);
  createServer((asked, answer) => {
    const { method, url, headers } = asked;
    asked.pipe(
      request(`${identity.url}${url}`, { method, headers }, (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      }).on("error", () => answer.destroy()),
    );
  }).listen(hubPorts.http);
  createTlsServer(pair, (socket) => {
    const inner = connect(relay.port, "127.0.0.1");
    for (const [from, to] of [
      [socket, inner],
      [inner, socket],
    ] as const)
      from.pipe(to).on("error", () => from.destroy());
  }).listen(hubPorts.mail);
  createServer((_, answer) => {
    const { shares, ever, breaches, files } = hub;
    answer.end(JSON.stringify({ shares, ever, breaches, files: [...files.keys()], messages: relay.messages }));
  }).listen(readerPort, "127.0.0.1");
}

main(JSON.parse(process.env["PEOPLE"] ?? "[]") as readonly Known[]).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
