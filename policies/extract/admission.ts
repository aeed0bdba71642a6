import { admissionKinds } from "../facts/signatures";
import type { Subject } from "../rule";
import { kindOf } from "./subject";
import { at, isList, items, strings, unknown, type Value } from "./value";

/** A policy of a cluster that checks signatures of images. */
export interface Admission {
  /** Patterns of the images that it is for: `codeberg.org/*`. */
  readonly images: readonly string[];
  /** Reasons for which it lets in what nobody has signed. Empty: it refuses that. */
  readonly weak: readonly string[];
  /** True if a part that decides is not known. */
  readonly partial: boolean;
}

/** The policy that a resource is; undefined if it checks no signatures. */
export function admissionOf({ type, properties }: Pick<Subject, "type" | "properties">): Admission | undefined {
  const found = kindOf(type);
  const fact = admissionKinds.find(({ group, kind }) => group === found?.group && kind === found.kind);
  if (fact === undefined) return undefined;
  const spec = at(properties, "spec");
  if (spec === unknown) return { images: [], weak: [], partial: true };
  return forms[fact.form](spec);
}

const is = (value: Value, ...words: readonly string[]): boolean =>
  typeof value === "string" && words.includes(value.toLowerCase());

const forms = {
  /** Kyverno audits where nothing is said: `validationFailureAction` of the policy, or `failureAction` of the check, has to be Enforce. */
  kyverno: (spec: Value): Admission | undefined => {
    const checks = items(at(spec, "rules")).flatMap((rule) => items(at(rule, "verifyImages")));
    if (checks.length === 0) return undefined;
    const whole = at(spec, "validationFailureAction");
    const actions = checks.map((check) => at(check, "failureAction") ?? whole);
    const required = checks.map((check) => at(check, "required"));
    const named = checks.flatMap((check) => [at(check, "image"), ...listed(at(check, "imageReferences"))]);
    return {
      images: checks.flatMap((check) => [...strings(at(check, "imageReferences")), ...single(at(check, "image"))]),
      weak: [
        ...(actions.every((action) => action === unknown || is(action, "enforce")) ? [] : ["it only reports (Audit)"]),
        ...(required.includes(false) ? ["required is false"] : []),
        ...ignored(at(spec, "failurePolicy")),
      ],
      partial: [...actions, ...required, ...named, at(spec, "failurePolicy")].includes(unknown),
    };
  },
  /** The newer kind of Kyverno denies where nothing is said. */
  validating: (spec: Value): Admission => {
    const actions = at(spec, "validationActions");
    return {
      images: items(at(spec, "matchImageReferences")).flatMap((row) => [
        ...single(at(row, "glob")),
        // An expression can mean anything; it is not evaluated here.
        ...(at(row, "expression") === undefined ? [] : ["*"]),
      ]),
      weak: [
        ...(isList(actions) && !actions.includes(unknown) && !strings(actions).includes("Deny")
          ? ["it only reports (no Deny)"]
          : []),
        ...ignored(at(spec, "failurePolicy")),
      ],
      partial: [
        ...listed(actions),
        ...listed(at(spec, "matchImageReferences")).map((row) => at(row, "glob")),
        at(spec, "failurePolicy"),
      ].includes(unknown),
    };
  },
  sigstore: (spec: Value): Admission => {
    const authorities = items(at(spec, "authorities"));
    const statics = authorities.map((authority) => at(authority, "static", "action"));
    return {
      images: items(at(spec, "images")).flatMap((row) => single(at(row, "glob"))),
      weak: [
        ...(is(at(spec, "mode"), "warn") ? ["it only warns"] : []),
        ...(statics.some((action) => is(action, "pass")) ? ["an authority of it lets everything pass"] : []),
        ...(authorities.length === 0 && at(spec, "authorities") !== unknown ? ["it names no authority"] : []),
      ],
      partial: [
        at(spec, "mode"),
        at(spec, "authorities"),
        ...statics,
        ...listed(at(spec, "images")).map((row) => at(row, "glob")),
      ].includes(unknown),
    };
  },
} as const;

/** Members of a list; one that is not known as a whole is one such member. */
const listed = (value: Value): readonly Value[] => (value === unknown ? [unknown] : items(value));

const single = (value: Value): readonly string[] => (typeof value === "string" ? [value] : []);

const ignored = (policy: Value): readonly string[] =>
  is(policy, "ignore") ? ["a webhook that does not answer lets everything in (failurePolicy Ignore)"] : [];

/** True if a pattern is for images of a registry. */
export const isFor = (pattern: string, registry: string): boolean =>
  pattern.startsWith("*") || pattern === registry || pattern.startsWith(`${registry}/`);
