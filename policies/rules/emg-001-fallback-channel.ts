import { channels, ownChannels } from "../facts/channels";
import { exampleDeployment, exampleGuards } from "../examples";
import { image } from "../extract/images";
import { isMachine } from "../extract/machines";
import { containers, reading } from "../extract/scan";
import { at, entries, isObject, items, type Properties, unknown, type Value } from "../extract/value";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";

const platform = "sovereign-uc:index:Platform";

/** Annotations of any object of Kubernetes that say which channel is left when this one is lost. */
export const fallbackAnnotations = {
  product: "sovereign-uc/fallback-product",
  provider: "sovereign-uc/fallback-provider",
  location: "sovereign-uc/fallback-location",
} as const;

/** UC-EMG-001: people can still speak when this is lost. */
export const fallbackChannel: Rule = {
  id: "UC-EMG-001",
  name: "fallback-channel",
  title: "Whoever runs a channel says which other one is left: of another product, and at another place.",
  rationale:
    "On the day on which a channel is attacked or lost, nobody has time to choose the next one. A fault in a product takes every deployment of it, and a fire every product in one place; so the other channel differs in both, and is named beforehand.",
  severity: "medium",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.c" },
    { framework: "nis2", reference: "21.2.j" },
    { framework: "ir2024-2690", reference: "4.3.2.b" },
  ],
  remediation: "Name the other channel, with its product, its provider and its location.",
  types: [platform, "kubernetes:*", "docker:*"],
  remedies: {
    components:
      'Give the platform `fallback: { product: "matrix", provider: "exoscale", location: "ch-dk-2" }`; stacks read it from `sovereign-uc:fallback`.',
    pulumi: `Annotate the namespace of the channel with ${Object.values(fallbackAnnotations).join(", ")}.`,
    kubernetes: `Write \`metadata: { annotations: { ${fallbackAnnotations.product}: matrix } }\` and the two others at the Namespace.`,
  },
  beyond:
    "The regulation asks for means of communication in a crisis where they are needed. The rule asks for one that is named. Whether it works is for an exercise to show.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [
      {
        type: platform,
        properties: {
          domain: "meet.crisis.example.ch",
          location: "fsn1",
          services: [{ service: "jitsi", name: "meetings" }],
        },
      },
    ],
  },
  check: judge,
  checkStack: strangers,
};

const refused = (found: string): Finding => ({
  found,
  allowed: "a second channel, of another product and at another place",
  action: "name one: its product, its provider and its location",
});

/** A declared channel; what is not known stays unknown. */
type Declared = Readonly<Record<keyof typeof fallbackAnnotations, Value>>;

const keys = ["product", "provider", "location"] as const;

/** @param places locations at which the stack itself stands. */
function compared(declared: Declared, products: readonly string[], places: readonly string[]): Verdict {
  const open = keys.filter((key) => declared[key] === unknown);
  if (open.length > 0)
    return [{ undetermined: `the ${open.join(", ")} of the second channel is not known`, later: true }];
  const missing = keys.filter((key) => textOf(declared[key]) === "");
  if (missing.length > 0) return [refused(`a second channel without ${missing.join(", ")}`)];
  const [product, location] = [textOf(declared.product), textOf(declared.location)];
  return [
    ...(products.includes(product) ? [refused(`a second channel of the same product, ${product}`)] : []),
    ...(places.includes(location) ? [refused(`a second channel at the same place, ${location}`)] : []),
  ];
}

const textOf = (value: Value): string => (typeof value === "string" ? value.trim().toLowerCase() : "");

/** A platform of ours says it itself. */
function judge({ type, properties }: Subject): Verdict {
  if (type !== platform) return undefined;
  const products = items(at(properties, "services"))
    .map((service) => textOf(at(service, "service")))
    .filter((service) => ownChannels.includes(service));
  if (products.length === 0) return undefined;
  const declared = at(properties, "fallback");
  if (declared === unknown) return [{ undetermined: "the second channel is not known", later: true }];
  if (!isObject(declared)) return [refused(`${products.join(" and ")} without a second channel`)];
  const [product, provider, location] = keys.map((key) => at(declared, key));
  return compared({ product, provider, location }, products, [textOf(at(properties, "location"))]);
}

/** Channels of other people's stacks, by their images, and what any object says of the second one. */
function strangers(subjects: readonly Subject[], { inputs }: Context): Verdict {
  if (subjects.some(({ type }) => type === platform)) return undefined;
  // The order in which a stack is made says nothing.
  const given = subjects
    .map((subject) => inputs.get(subject.urn) ?? subject)
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
  const found = given.flatMap((subject) => productsOf(subject).map((product) => ({ product, urn: subject.urn })));
  const [first] = found;
  if (first === undefined) return undefined;
  const products = [...new Set(found.map(({ product }) => product))];
  const declared = given.map(({ properties }) => annotated(properties)).find((one) => one !== undefined);
  if (declared === undefined)
    return [{ ...refused(`${products.join(" and ")} without a second channel`), urn: first.urn }];
  const places = given
    .filter(({ type }) => isMachine(type))
    .flatMap(({ properties }) => ["location", "zone"].map((key) => textOf(at(properties, key))));
  return compared(declared, products, places)?.map((item) => ({ ...item, urn: first.urn }));
}

const productsOf = (subject: Subject): readonly string[] =>
  containers(reading(subject)).flatMap(({ image: reference }) => {
    const last = typeof reference === "string" ? image(reference)?.repository.split("/").at(-1) : undefined;
    return channels.filter((row) => row.image === last).map(({ product }) => product);
  });

function annotated(properties: Properties): Declared | undefined {
  const annotations = new Map(entries(at(properties, "metadata", "annotations")));
  const [product, provider, location] = keys.map((key) => annotations.get(fallbackAnnotations[key]));
  return [product, provider, location].every((value) => value === undefined)
    ? undefined
    : { product, provider, location };
}
