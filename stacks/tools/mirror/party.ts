import { partyText } from "../../../policies/facts/entities";
import { hosts } from "../../../policies/facts/hosts";
import { registries } from "../../../policies/facts/registries";
import { ofHost } from "../../../policies/extract/hosts";
import { isLoopback } from "./address";

/** Operator of a host that something is fetched from, from the packs' tables: `GitHub, Inc. (Microsoft) (US, US nexus: controlled)`. */
export function party(host: string): string {
  if (isLoopback(host)) return "this machine";
  const name = host.replace(/:\d+$/, "");
  const row = ofHost(registries, name) ?? ofHost(hosts, name);
  return row === undefined ? "undetermined: in no table of facts" : partyText(row.party);
}
