import { invalid, validate } from "../../core/errors";
import { domainName } from "../../core/names";
import { record } from "../../core/shapes";
import { callPorts } from "./settings";

/** Element Call of a plan. */
export interface CallsPlan {
  /** Host name at which people are given tickets for calls. */
  readonly domain: string;
  /** Address of the LiveKit servers for browsers: `wss://media.crisis.example.ch`. */
  readonly livekit: string;
}

/** Reads calls of a plan. @throws RangeError with every problem. */
export function readCalls(
  value: CallsPlan | undefined,
  {
    domain,
    serverName,
    app,
  }: { readonly domain: string; readonly serverName: string; readonly app: string | undefined },
): CallsPlan | undefined {
  if (value === undefined) return undefined;
  const example = '{ domain: "calls.crisis.example.ch", livekit: "wss://media.crisis.example.ch" }';
  const calls = record<CallsPlan>(value, "a host name for tickets, and LiveKit servers", example);
  if (app === undefined)
    throw invalid("an app that makes calls", "none", "give app the host name of Element Web, which has Element Call");
  if (serverName !== domain)
    throw invalid(
      "a server name that is the domain",
      serverName,
      "leave serverName out: servers for calls ask who a person is at the server name, and this one answers at the domain",
    );
  return validate({ domain: () => domainName(calls.domain), livekit: () => webSocketOf(calls.livekit) });
}

function webSocketOf(value: unknown): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "wss:" || url.pathname !== "/" || url.search !== "" || url.username !== "")
    throw invalid("the address of LiveKit servers", value, 'give one like "wss://media.crisis.example.ch"');
  return url.origin;
}

/**
 * Variables of the servers that give out tickets. Only this homeserver's people open rooms; others come to rooms that are open. element-hq/lk-jwt-service a375b13
 * (after v0.5.0) config.go.
 */
export const callEnv = ({ livekit, serverName, key }: { livekit: string; serverName: string; key: string }) => ({
  LIVEKIT_URL: livekit,
  LIVEKIT_KEY: key,
  LIVEKIT_FULL_ACCESS_HOMESERVERS: serverName,
  LIVEKIT_JWT_BIND: `:${callPorts.http}`,
});
