import { createServer, type Server } from "node:http";
import type { Figures } from "./figures";
import type { Listed, Records } from "./records";

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The page of all meetings: identifiers, states and reasons. No title, no name, nothing that was said. */
export const page = (rows: readonly Listed[]): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Minutes</title>',
    '<meta name="viewport" content="width=device-width"><style>body{font:14px sans-serif;margin:2em}td,th{text-align:left;padding:.2em 1em .2em 0}</style></head><body>',
    "<h1>Minutes</h1><table><tr><th>Meeting</th><th>State</th><th>Progress</th><th>Reason</th><th>Tries</th><th>Arrived</th><th>Changed</th></tr>",
    ...rows.map(
      ({ id, state, progress, reason, attempts, arrived, changed }) =>
        `<tr>${[id, state, progress ?? "", reason ?? "", `${attempts}`, arrived.toISOString(), changed.toISOString()]
          .map((cell) => `<td>${escaped(cell)}</td>`)
          .join("")}</tr>`,
    ),
    "</table></body></html>",
  ].join("\n");

/** Serves health, readiness, figures and the page of all meetings, each by GET alone. */
export function statusServer(records: Records, figures: Figures): Server {
  const answers: Readonly<Record<string, () => Promise<readonly [type: string, body: string]>>> = {
    "/healthz": async () => ["text/plain", "alive\n"],
    "/readyz": async () => {
      await records.ping();
      return ["text/plain", "ready\n"];
    },
    "/metrics": async () => [figures.registry.contentType, await figures.text(records)],
    "/": async () => ["text/html; charset=utf-8", page(await records.list(500))],
  };
  return createServer((request, response) => {
    const answer = Object.hasOwn(answers, request.url ?? "") ? answers[request.url ?? ""] : undefined;
    if (request.method !== "GET" || answer === undefined) {
      response.writeHead(request.method === "GET" ? 404 : 405).end();
      return;
    }
    answer().then(
      ([type, body]) =>
        response
          .writeHead(200, {
            "content-type": type,
            "cache-control": "no-store",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
            "x-content-type-options": "nosniff",
          })
          .end(body),
      () => response.writeHead(503).end("the database does not answer\n"),
    );
  });
}
