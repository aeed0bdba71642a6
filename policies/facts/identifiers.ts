import { type Fact, lastReview as reviewed } from "./fact";

/**
 * A host whose URLs are names: of XML namespaces, schemas, licences. Nothing is fetched from there because of them. Other hosts below it are none: files are
 * fetched from `ftp.gnu.org` and `downloads.apache.org`.
 */
export interface IdentifierFact extends Fact {
  readonly host: string;
}

const name = (host: string, source: string): IdentifierFact => ({ host, source, reviewed });

const namespaces = "https://www.w3.org/TR/xml-names/ (a namespace is a name, and nothing needs to be there)";

export const identifiers: readonly IdentifierFact[] = [
  name("w3.org", namespaces),
  name("xmlsoap.org", namespaces),
  name("schemas.xmlsoap.org", namespaces),
  name("docs.oasis-open.org", namespaces),
  name("tools.ietf.org", "RFCs as references"),
  name("datatracker.ietf.org", "RFCs as references"),
  name("purl.org", namespaces),
  name("jabber.org", "RFC 6120 and the XEPs, which name their features so"),
  name("xmpp.org", "RFC 6120 and the XEPs, which name their features so"),
  name(
    "jitsi.org",
    "jitsi/lib-jitsi-meet modules/xmpp/ChatRoom.ts at 01daa07c (`http://jitsi.org/jitmeet` names a feature)",
  ),
  name("ietf.org", "RFCs as references"),
  name("rfc-editor.org", "RFCs as references"),
  name("iana.org", "registries of numbers as references"),
  name("json-schema.org", "https://json-schema.org/specification (`$schema` names a dialect)"),
  name("schema.org", "vocabularies of linked data"),
  name("docbook.org", namespaces),
  name("oasis-open.org", namespaces),
  name("opengis.net", namespaces),
  name("freedesktop.org", "document types of D-Bus and AppStream"),
  name("apache.org", "licences, at the head of files"),
  name("gnu.org", "licences, at the head of files"),
  name("creativecommons.org", "licences, at the head of files"),
  name("opensource.org", "licences, at the head of files"),
  name("spdx.org", "licences, at the head of files"),
];

const hosts = new Set(identifiers.map(({ host }) => host));

/** True for a host whose URLs are names, with or without `www.` before it. */
export const isIdentifier = (host: string): boolean => hosts.has(host.replace(/^www\./, ""));
