import { invalid } from "../../core/errors";
import { domainName } from "../../core/names";
import { flag } from "../../core/shapes";
import type { MatrixPlan } from "./planned";

/** Reads the host name of a Jitsi. @throws RangeError where no app shows its rooms. */
export function readJitsi(jitsi: string | undefined, app: string | undefined): string | undefined {
  if (jitsi !== undefined && app === undefined)
    throw invalid("an app that shows its rooms", "none", "give app the host name of Element Web");
  return jitsi === undefined ? undefined : domainName(jitsi);
}

/** Reads if that Jitsi lets the homeserver's people in. @throws RangeError where there is none. */
export function readJitsiTokens(value: boolean, jitsi: string | undefined): boolean {
  const asked = flag(value, "true if a Jitsi lets this homeserver's people in");
  if (asked && jitsi === undefined)
    throw invalid("a Jitsi that lets this homeserver's people in", "none", "give jitsi its host name");
  return asked;
}

/**
 * The Jitsi as Element is told it. Where that lets people of the homeserver in, it is the path at which its sign-in takes Element's tokens (components/services/jitsi): Element
 * Web puts its words before and behind it as they are.
 *
 * | claim | where | revision |
 * |---|---|---|
 * | `https://<preferredDomain>/.well-known/element/jitsi` with `auth`; the widget's token in `jwt` | matrix-react-sdk src/widgets/Jitsi.ts; element-hq/element-web src/vector/jitsi/index.ts, createJWTToken | 3.114.0; 02170e5 |
 * | Jitsi's script, which comes with Element, takes a host name with a path and puts the room behind it | jitsi/jitsi-meet react/features/base/util/uri.ts, urlObjectToString; element-hq/element-web src/vector/jitsi/index.html | 0cafcc9; 03f1c72 |
 * | Element for telephones hands its token to the signalling servers itself, which refuse it: it meets as a guest | vector-im/element-ios, JitsiService | unverified in a run |
 */
export const jitsiOf = ({ jitsi, jitsiTokens }: Pick<MatrixPlan, "jitsi" | "jitsiTokens">): string | undefined =>
  jitsi === undefined || jitsiTokens === undefined ? jitsi : `${jitsi}/_access/element`;
