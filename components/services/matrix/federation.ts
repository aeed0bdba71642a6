import { invalid, validate } from "../../core/errors";
import { domainName } from "../../core/names";
import { type EgressNeed, egressTo } from "../../core/plan";
import { record } from "../../core/shapes";

/**
 * Homeservers that this one talks to, by server name: the HTTPS address that the server's own `/.well-known/matrix/server` leads to. It is the one list: who may ask and
 * is asked, whether there is a listener, and where the gateways lead follow from it.
 */
export type Federation = Readonly<Record<string, string>>;

/** Reads the list. @throws RangeError with every problem. */
export function readFederation(value: Federation | undefined, own: string): Federation {
  if (value === undefined) return {};
  const example = '{ "chat.partner.example.ch": "https://matrix.partner.example.ch" }';
  const servers = record<Federation>(value, "homeservers by server name", example);
  if (Object.keys(servers).length === 0)
    throw invalid(
      "at least one homeserver",
      "none",
      "name the servers under your control, or leave federation out: then there is none",
    );
  validate(
    Object.fromEntries(
      Object.entries(servers).map(([server, address]) => [
        server,
        () => {
          // A wildcard would be everybody's: names are compared letter by letter.
          domainName(server);
          if (server === own) throw invalid("another homeserver", server, "leave its own name out");
          egressTo(address ?? "", "");
        },
      ]),
    ),
  );
  return value;
}

/** Names of the servers, for the list of those who may ask and are asked. */
export const federatedServers = (federation: Federation): readonly string[] => Object.keys(federation).sort();

/** Places that the sender asks: where a server says that it is, and the place itself. */
export const federationEgress = (federation: Federation, name: string): readonly EgressNeed[] =>
  federatedServers(federation).flatMap((server) => {
    const reason = `homeserver ${server}, for ${name}`;
    const place = egressTo(federation[server] ?? "", reason);
    const said = egressTo(`https://${server}`, reason);
    return place.host === said.host && place.port === said.port ? [said] : [said, place];
  });
