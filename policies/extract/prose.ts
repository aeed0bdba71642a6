import { remembering } from "./memo";
import { at, hasKey, isList, isObject, unknown, type Value } from "./value";

/** Keys whose text explains: nothing is contacted because of it. */
const explaining = new Set([
  "description",
  "summary",
  "message",
  "documentation",
  "documentationUrl",
  "docs",
  "homepage",
  "changelog",
  "runbook",
  "runbook_url",
  "runbookUrl",
  "dashboard_url",
  "expr",
  "help",
  "href",
  "subject",
  "$schema",
  "$id",
  "$comment",
]);

/** Keys whose text is read by no program but shown: only where it is prose, that is, more than one word. */
const prose = new Set([
  "description",
  "extendedDescription",
  "summary",
  "message",
  "documentation",
  "docs",
  "changelog",
  "note",
  "notes",
]);

/** Keys whose addresses lead readers to a manual: `docs_link`, `help_url`, `supportUrl`. */
const manual = /^(docs?|documentation|help|support|manual|license|privacy(policy)?|terms)[_-]?(link|url|uri)$/i;

/** Keys that name kinds, versions and members of the Kubernetes API, whose groups look like hosts. */
const naming = new Set([
  "apiVersion",
  "apiGroup",
  "apiGroups",
  "group",
  "kind",
  "resourceNames",
  "finalizers",
  "ownerReferences",
  "managedFields",
  "labels",
  "matchLabels",
  "selector",
  "nodeSelector",
  "topologyKey",
]);

/** Of an object's metadata, what names it and what only describes it. */
const metadata = new Set(["name", "namespace", "generateName", "uid", ...naming]);

/** Annotations that document. Others may configure, so they are read. */
const documenting =
  /^(org\.opencontainers\.image\.|artifacthub\.io\/|api-approved\.kubernetes\.io$|meta\.helm\.sh\/|controller-gen\.kubebuilder\.io\/)|(description|documentation|homepage|maintainers?|runbook|changelog|sources?)$|(^|\/)(repo|repository|source-code|support|techdocs-ref|logo-url|[a-z-]*image-url)$/i;

/** Keys under which a filter or a policy lists what it forbids. */
const forbidding = new Set([
  "except",
  "egressDeny",
  "ingressDeny",
  "deny",
  "denied",
  "disallowed",
  "blocked",
  "forbidden",
  "reject",
  "rejected",
  "denylist",
  "denyList",
  "blocklist",
  "blockList",
  "blacklist",
]);

/** Files of a map that people read: nobody configures with them. */
const documentFile = /(\.(md|markdown|adoc|rst)|^(README|LICENSE|CHANGELOG|NOTICE)(\.txt)?)$/i;

/** Keys of objects whose entries are somebody's files or variables: a key there says nothing about the text below it. */
const files = new Set(["data", "stringData", "binaryData", "env", "environment"]);

/** True for a key that says nothing about what stands under it, below most parents. */
const isPlain = remembering(
  (key) =>
    key !== "links" &&
    key !== "maintainers" &&
    key !== "issuer" &&
    ![naming, forbidding, prose, explaining].some((keys) => keys.has(key)) &&
    !manual.test(key),
);

/** True for a key below which no other key has a meaning of its own. */
const isPlainParent = remembering((key) => !files.has(key) && !/(^a|A)nnotations$/.test(key) && key !== "metadata");

/** True if what stands under a key, below another, configures and contacts nothing. */
export function isProse(parent: string, key: string, value: Value): boolean {
  if (isPlain(key) && isPlainParent(parent)) return false;
  if (files.has(parent)) return documentFile.test(key) && !(typeof value === "string" && value.startsWith("#!"));
  if (/(^a|A)nnotations$/.test(parent)) return explaining.has(key) || documenting.test(key);
  if (key === "links" || key === "maintainers") return isList(value) && value.every(isLink);
  if (parent === "metadata") return metadata.has(key);
  if (naming.has(key)) return !isAddressed(value);
  if (forbidding.has(key)) return value !== unknown && !calls(value);
  if (keyless.has(parent) && key === "issuer") return true;
  if (manual.test(key)) return typeof value === "string";
  if (prose.has(key)) return typeof value === "string" && (/\S\s+\S/.test(value.trim()) || value.trim() === "");
  return explaining.has(key) && typeof value === "string";
}

/** True if an object among what is forbidden has a setting that leads somewhere: it is told of what was refused. */
const calls = (value: Value): boolean =>
  isObject(value) &&
  Object.values(value).some((item) =>
    typeof item === "string" ? item.includes("://") : item === unknown || calls(item),
  );

/** Objects that say who has to have signed: identities that are compared. */
const keyless = new Set(["keyless", "identities"]);

const ofLink = new Set(["name", "title", "description", "url", "email", "icon", "type"]);

/** True if an object only names a page or a person: links of catalogues and maintainers of charts. */
const isLink = (value: Value): boolean => isObject(value) && Object.keys(value).every((key) => ofLink.has(key));

/** A group or a selector with a scheme in it is something else. */
const isAddressed = (value: Value): boolean => typeof value === "string" && value.includes("://");

/** Kinds that only compare what others ask for: their programs reach nothing, and the lists of a constraint say what is refused. */
const isForbidding = (group: string, kind: string): boolean =>
  (group === "templates.gatekeeper.sh" && kind === "ConstraintTemplate") ||
  (group === "admissionregistration.k8s.io" && kind.startsWith("ValidatingAdmissionPolicy")) ||
  (group === "constraints.gatekeeper.sh" && /disallow|block|deny|forbid|prohibit/i.test(kind));

/** True if a program of such a kind may fetch something. */
const fetches = (value: Value): boolean =>
  typeof value === "string"
    ? value.includes("http.send")
    : typeof value === "object" && value !== null && Object.values(value).some(fetches);

/** True if a key explains a property in a schema. */
export const isOfSchema = (holder: Value, key: string): boolean =>
  key === "description" &&
  typeof at(holder, "type") === "string" &&
  /^(object|string|array|integer|boolean|number)$/.test(String(at(holder, "type")));

/** Keys of which one stands in everything that is silent as a whole. */
const marks = ["action", "kind", "type", "condition"] as const;

/** True if an object as a whole forbids, or only leads a reader somewhere. */
export function isSilent(value: Value): boolean {
  if (!isObject(value) || !marks.some((key) => hasKey(value, key))) return false;
  const [action, kind, version] = [at(value, "action"), at(value, "kind"), at(value, "apiVersion")] as readonly Value[];
  if (typeof kind === "string" && typeof version === "string" && isForbidding(version.split("/")[0] ?? "", kind))
    return !fetches(value);
  // A rule of Falco compares.
  if (
    typeof at(value, "condition") === "string" &&
    ["rule", "output", "priority"].every((key) => typeof at(value, key) === "string")
  )
    return true;
  if (at(value, "type") === "text" && typeof at(value, "options", "content") === "string") return true;
  if (typeof action === "string" && /^deny$/i.test(action)) return true;
  return at(value, "type") === "link" && at(value, "url") !== undefined && at(value, "title") !== undefined;
}
