/** The administration of an identity server, asked as a service of its own. */
import { setTimeout as pause } from "node:timers/promises";

/**
 * @param secrets of the client, the present one first: a server may still know the one before.
 * @returns `ask(method, path, body)`, which answers what the server says, and undefined where it has no such thing.
 */
export async function administration({ server, client, secrets, fetching = fetch }) {
  let token;
  let known;

  async function enter(secret) {
    const response = await fetching(`${server}/realms/master/protocol/openid-connect/token`, {
      method: "POST",
      headers: { Authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    if (response.status === 401) return undefined;
    if (!response.ok) throw new Error(`expected a token for ${client}, got ${response.status}`);
    return (await response.json()).access_token;
  }

  async function entered() {
    for (const secret of known === undefined ? secrets : [known]) {
      token = await enter(secret);
      if (token === undefined) continue;
      known = secret;
      return;
    }
    throw new Error(`expected the server to know ${client}, got 401; give the generation that its secret had before`);
  }

  const send = (method, path, body) =>
    fetching(`${server}/admin/realms${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  async function ask(method, path, body) {
    let response = await send(method, path, body);
    if (response.status === 401) {
      // Its tokens are for a minute.
      await entered();
      response = await send(method, path, body);
    }
    const text = await response.text();
    if (response.status === 404 && method === "GET") return undefined;
    // Bodies may hold secrets: the answer has the reason.
    if (!response.ok)
      throw new Error(`expected ${method} ${path} to be done, got ${response.status} ${text.slice(0, 500)}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  await entered();
  return {
    ask,
    /** Gives the client the present secret where it had another. */
    renew: async () => {
      if (known === secrets[0]) return false;
      const [own] = await ask("GET", `/master/clients?clientId=${encodeURIComponent(client)}`);
      await ask("PUT", `/master/clients/${own.id}`, { ...own, secret: secrets[0] });
      known = secrets[0];
      await entered();
      return true;
    },
  };
}

/** Waits until a server answers. @throws Error after some seconds. */
export async function served(server, seconds) {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const status = await fetch(`${server}/realms/master`).then(
      (response) => response.status,
      (error) => error.cause?.code ?? error.message,
    );
    if (status === 200) return;
    if (Date.now() > end) throw new Error(`expected a server at ${server} within ${seconds} s, got ${status}`);
    await pause(2_000);
  }
}
