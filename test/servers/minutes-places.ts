/** Stand-ins of a minutes worker: Nextcloud, the identity service and the mail relay. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Reply, type StandIn, standIn } from "./minutes-stand-ins";

/** A share as the stand-in keeps it. */
export interface MadeShare {
  readonly id: number;
  readonly path: string;
  readonly type: number;
  readonly who: string;
  readonly permissions: number;
}

export interface NextcloudServer extends StandIn {
  readonly files: Map<string, Buffer>;
  readonly folders: Set<string>;
  readonly shares: MadeShare[];
  /** Everything that was ever shared. */
  readonly ever: MadeShare[];
  /** Breaches of what must never happen, in words. */
  readonly breaches: string[];
  /** Users that it knows. */
  readonly users: Set<string>;
}

export const nextcloudAccount = { user: "minutes", password: "an app password" } as const;

/** Documents of one meeting. */
export const documents = ["evidence.json", "minutes.md", "minutes.pdf", "transcript.txt", "transcript.vtt"] as const;

/**
 * Nextcloud's files and shares (nextcloud/server 28a377d, apps/files_sharing/lib/Controller/ShareAPIController.php; RFC 4918 for files). A request without OCS-APIRequest
 * gets 412; a second share of the same with the same user 403; a share of what is not there, or with somebody who is not known, 404.
 */
export async function nextcloudServer(): Promise<NextcloudServer> {
  let next = 1;
  const ocs = (status: number, data: unknown): Reply => ({
    status,
    body: JSON.stringify({
      ocs: { meta: { status: status < 300 ? "ok" : "failure", statuscode: status, message: "" }, data },
    }),
  });
  const dav = (method: string, path: string, body: Buffer): Reply => {
    const parent = path.slice(0, path.lastIndexOf("/"));
    const there = self.files.has(path) || self.folders.has(path);
    switch (method) {
      case "MKCOL":
        if (there) return { status: 405 };
        if (!self.folders.has(parent)) return { status: 409 };
        self.folders.add(path);
        return { status: 201 };
      case "PUT":
        if (!self.folders.has(parent)) return { status: 409 };
        self.files.set(path, body);
        return { status: there ? 204 : 201 };
      case "GET":
        return self.files.has(path) ? { status: 200, body: self.files.get(path) ?? "" } : { status: 404 };
      case "PROPFIND":
        return there
          ? { status: 207, type: "application/xml", body: "<d:multistatus xmlns:d='DAV:'/>" }
          : { status: 404 };
      case "DELETE":
        if (!there) return { status: 404 };
        for (const all of [self.files, self.folders])
          for (const one of [...all.keys()]) if (one === path || one.startsWith(`${path}/`)) all.delete(one);
        self.shares.splice(0, self.shares.length, ...self.shares.filter((share) => share.path !== path));
        return { status: 204 };
      default:
        return { status: 405 };
    }
  };
  const share = (form: URLSearchParams): Reply => {
    const [path = "", who = ""] = [form.get("path"), form.get("shareWith")].map((value) => value ?? "");
    const [type, permissions] = [Number(form.get("shareType")), Number(form.get("permissions"))];
    if (!self.folders.has(path)) return ocs(404, []);
    if (type !== 0 && type !== 4) return ocs(400, []);
    if (type === 0 && !self.users.has(who)) return ocs(404, []);
    if (self.shares.some((one) => one.path === path && one.type === type && one.who === who)) return ocs(403, []);
    for (const name of documents)
      if (!self.files.has(`${path}/${name}`)) self.breaches.push(`shared before ${name} was there`);
    if (permissions !== 1) self.breaches.push(`shared for more than reading: ${permissions}`);
    const made = { id: next++, path, type, who, permissions };
    self.shares.push(made);
    self.ever.push(made);
    return ocs(200, { id: `${made.id}`, share_type: type, share_with: who, permissions, path });
  };
  const base = await standIn(({ method = "", url = "", headers }, body) => {
    const { user, password } = nextcloudAccount;
    if (headers.authorization !== `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`)
      return { status: 401 };
    const { pathname, searchParams } = new URL(url, "http://nextcloud");
    const files = `/remote.php/dav/files/${user}`;
    if (pathname.startsWith(`${files}/`))
      return dav(method, pathname.slice(files.length).split("/").map(decodeURIComponent).join("/"), body);
    const api = "/ocs/v2.php/apps/files_sharing/api/v1/shares";
    if (!pathname.startsWith(api)) return { status: 404 };
    if (headers["ocs-apirequest"] !== "true") return { status: 412 };
    if (method === "POST" && pathname === api) return share(new URLSearchParams(body.toString()));
    if (method === "GET" && pathname === api) {
      const path = searchParams.get("path") ?? "";
      if (!self.folders.has(path)) return ocs(404, []);
      return ocs(
        200,
        self.shares
          .filter((one) => one.path === path)
          .map(({ id, type, who }) => ({ id: `${id}`, share_type: type, share_with: who, path })),
      );
    }
    if (method !== "DELETE") return { status: 405 };
    const at = self.shares.findIndex(({ id }) => `${id}` === pathname.slice(api.length + 1));
    if (at === -1) return ocs(404, []);
    self.shares.splice(at, 1);
    return ocs(200, []);
  });
  const self: NextcloudServer = Object.assign(base, {
    files: new Map<string, Buffer>(),
    folders: new Set([""]),
    shares: [],
    ever: [],
    breaches: [],
    users: new Set<string>(),
  });
  return self;
}

/** A person of the identity service. */
export interface Known {
  readonly id: string;
  readonly username: string;
  readonly email?: string;
  readonly enabled?: boolean;
}

/** Users of Keycloak's administration (services …/resources/admin/UsersResource.java) for one client that may view them. */
export const identityServer = (people: readonly Known[]): Promise<StandIn> =>
  standIn(({ method, url = "", headers }, body) => {
    const { pathname, searchParams } = new URL(url, "http://identity");
    if (method === "POST" && pathname === "/realms/crisis/protocol/openid-connect/token") {
      const right = `Basic ${Buffer.from("minutes:client secret").toString("base64")}`;
      if (headers.authorization !== right || body.toString() !== "grant_type=client_credentials")
        return { status: 401 };
      return { status: 200, body: JSON.stringify({ access_token: "a token", expires_in: 300 }) };
    }
    if (headers.authorization !== "Bearer a token") return { status: 401 };
    const all = "/admin/realms/crisis/users";
    if (method !== "GET" || !pathname.startsWith(all)) return { status: 404 };
    if (pathname !== all) {
      const found = people.find(({ id }) => `${all}/${id}` === pathname);
      return found === undefined ? { status: 404 } : { status: 200, body: JSON.stringify(found) };
    }
    const exact = searchParams.get("exact") === "true";
    const fits = (value: string | undefined, wanted: string): boolean =>
      value !== undefined && (exact ? value === wanted : value.includes(wanted));
    const found = people.filter(
      (one) =>
        fits(one.username, searchParams.get("username") ?? one.username) &&
        (searchParams.get("email") === null || fits(one.email, searchParams.get("email") ?? "")),
    );
    return { status: 200, body: JSON.stringify(found) };
  });

/** A mail relay that keeps what it takes. */
export interface Relay {
  readonly port: number;
  readonly messages: { readonly to: string; readonly text: string; readonly id: string }[];
  closed: boolean;
  stop(): void;
}

export async function mailRelay(): Promise<Relay> {
  const server = createServer((socket: Socket) => {
    let [to, data, inside] = ["", "", false];
    let rest = "";
    socket.on("error", () => socket.destroy());
    if (self.closed) return void socket.destroy();
    socket.write("220 relay\r\n");
    socket.on("data", (part: Buffer) => {
      rest += part.toString("utf8");
      for (let end = rest.indexOf("\r\n"); end !== -1; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inside && line !== ".") {
          data += `${line}\n`;
          continue;
        }
        if (inside) {
          inside = false;
          self.messages.push({ to, text: data, id: /^message-id: (.*)$/im.exec(data)?.[1] ?? "" });
          data = "";
          socket.write("250 taken\r\n");
        } else if (/^EHLO /i.test(line)) socket.write("250-relay\r\n250 8BITMIME\r\n");
        else if (/^RCPT TO:/i.test(line)) {
          to = /<(.*)>/.exec(line)?.[1] ?? "";
          socket.write("250 good\r\n");
        } else if (/^DATA$/i.test(line)) {
          inside = true;
          socket.write("354 go on\r\n");
        } else if (/^QUIT$/i.test(line)) socket.end("221 bye\r\n");
        else socket.write("250 good\r\n");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const self: Relay = {
    port: (server.address() as AddressInfo).port,
    messages: [],
    closed: false,
    stop: () => void server.close(),
  };
  return self;
}
