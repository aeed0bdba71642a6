/** Signatures of packages and images. */
import { signatureChecked } from "../../../policies/rules/sup-002-signature-sbom";
import {
  type Expectation,
  own,
  type Resource,
  type Row,
  shape,
  stackTable,
  table,
  under,
  unknownString,
} from "../support";
import { host, map } from "./fixtures";

const row = (title: string, resource: Resource, expect: Expectation): Row => ({ title, resource, expect, ...own });
const script = (title: string, line: string, expect: Expectation): Row =>
  row(title, host(`#!/bin/sh\n${line}\n`), expect);
const file = (title: string, text: string, expect: Expectation): Row => row(title, map({ a: text }), expect);
const object = (type: string, spec: unknown): Resource => ({
  type: `kubernetes:${type}`,
  name: "policy",
  props: { metadata: { name: "policy" }, spec },
});
const kyverno = (
  check: object,
  more: object = { validationFailureAction: "Enforce" },
  kind = "ClusterPolicy",
): Resource =>
  object(`kyverno.io/v1:${kind}`, {
    ...more,
    rules: [{ verifyImages: [{ imageReferences: ["codeberg.org/*"], attestors: [{}], ...check }] }],
  });
const validating = (more: object, kind = "ImageValidatingPolicy"): Resource =>
  object(`policies.kyverno.io/v1:${kind}`, { matchImageReferences: [{ glob: "codeberg.org/team/*" }], ...more });
const sigstore = (more: object): Resource =>
  object("policy.sigstore.dev/v1beta1:ClusterImagePolicy", {
    images: [{ glob: "codeberg.org/**" }],
    authorities: [{ key: { secretRef: { name: "cosign" } } }],
    ...more,
  });
const accepting = (transport: string, registry: string): string =>
  JSON.stringify({
    default: [{ type: "reject" }],
    transports: { [transport]: { [registry]: [{ type: "insecureAcceptAnything" }] } },
  });
const weak = /a policy on signatures that lets in what nobody has signed: /;

describe("UC-SUP-002 signature-sbom", () => {
  shape(signatureChecked);

  describe("packages", () => {
    table(signatureChecked, [
      script(
        "it accepts a source with its key",
        "echo 'deb [signed-by=/a.gpg] https://d.crisis.example.ch a main' > /a",
        "passes",
      ),
      script(
        "it refuses a source without one",
        "echo 'deb [arch=amd64 trusted=yes] https://d.crisis.example.ch a main' > /a",
        /trusted without a signature/,
      ),
      file(
        "it refuses it in the newer form",
        "Types: deb\nURIs: https://d.crisis.example.ch\nTrusted: yes\n",
        /trusted without a signature/,
      ),
      file(
        "it accepts the newer form with a key",
        "Types: deb\nURIs: https://d.crisis.example.ch\nSigned-By: /a.gpg\nTrusted: no\n",
        "passes",
      ),
      script(
        "it refuses packages without a signature",
        "apt-get install -y --allow-unauthenticated a",
        /--allow-unauthenticated/,
      ),
      script(
        "it refuses them as a setting",
        `echo 'APT::Get::AllowUnauthenticated "true";' > /a`,
        /AllowUnauthenticated/,
      ),
      script(
        "it has nothing against the setting that is off",
        `echo 'APT::Get::AllowUnauthenticated "false";' > /a`,
        "passes",
      ),
      file("it refuses RPM without a signature", "[a]\nbaseurl=https://d.crisis.example.ch\ngpgcheck=0\n", /gpgcheck/),
      file("it accepts RPM with one", "[a]\nbaseurl=https://d.crisis.example.ch\ngpgcheck=1\n", "passes"),
      script("it refuses dnf's option", "dnf install --nogpgcheck a.rpm", /gpgcheck/),
      script("it refuses zypper's option", "zypper --no-gpg-checks install a", /--no-gpg-checks/),
      script("it refuses rpm's option", "rpm -i --nosignature a.rpm", /--nosignature/),
      script("it refuses Alpine's option", "apk add --allow-untrusted a.apk", /--allow-untrusted/),
      file("it refuses Arch Linux without a signature", "[options]\nSigLevel = Never\n", /SigLevel/),
      file("it accepts Arch Linux with one", "[options]\nSigLevel = Required\n", "passes"),
      ...[1000, 3990, 3999, 4000, 5000, 50_000].map((length) =>
        script(
          `it reads a line of ${length} characters and an option`,
          `apt-get install -y ${"a ".repeat(length / 2)}--allow-unauthenticated b`,
          /--allow-unauthenticated/,
        ),
      ),
      script(
        "it reads a line of 3000 characters as it stands",
        `echo ${"a".repeat(1992)} untrusted=yes ${"a".repeat(1000)}`,
        "passes",
      ),
      script("it reads a long line without one", `apt-get install -y ${"a ".repeat(5000)}`, "passes"),
      script("it has nothing against a comment", "# apt-get install --allow-unauthenticated a", "passes"),
      script("it takes no longer word for it", "echo untrusted=yes-or-no gpgcheck=10", "passes"),
      file(
        "it refuses images that nobody has signed",
        '{"default": [{"type": "insecureAcceptAnything"}]}',
        /insecureAcceptAnything/,
      ),
      file(
        "it accepts images that must be signed",
        '{"default": [{"type": "reject"}], "transports": {"docker": {"a.crisis.example.ch": [{"type": "sigstoreSigned"}]}}}',
        "passes",
      ),
      file(
        "it has nothing against what is there already",
        '{"default": [{"type": "reject"}], "transports": {"docker-daemon": {"": [{"type": "insecureAcceptAnything"}]}}}',
        "passes",
      ),
      ...["docker-daemon", "containers-storage", "docker-archive", "oci-archive", "dir", "oci", "tarball", "sif"].map(
        (transport) => file(`it has nothing against what comes by ${transport}`, accepting(transport, ""), "passes"),
      ),
      ...["docker", "oci-archives", "dirs", "oci-remote", "xdir"].map((transport) =>
        file(`it refuses it of ${transport}`, accepting(transport, "registry.example.net"), /insecureAcceptAnything/),
      ),
      ...["oci.example.net", "dir", "docker-daemon.example.net"].map((registry) =>
        file(
          `it refuses it of a registry with the name ${registry}`,
          accepting("docker", registry),
          /insecureAcceptAnything/,
        ),
      ),
      row(
        "it knows a transport in a resource's own inputs",
        { type: "acme:index:Policy", props: { transports: { oci: { "": [{ type: "insecureAcceptAnything" }] } } } },
        "passes",
      ),
      file(
        "it reads transports of no other file",
        JSON.stringify({ a: { notransports: { oci: [{ type: "insecureAcceptAnything" }] } } }),
        /insecureAcceptAnything/,
      ),
      row("it cannot judge a text that is not known", host(unknownString), "is undetermined"),
      row(
        "it says nothing of what has no text",
        { type: "hcloud:index/network:Network", props: { a: 1 } },
        "says nothing",
      ),
    ]);
  });

  describe("policies of a cluster", () => {
    table(signatureChecked, [
      row("it accepts Kyverno that refuses", kyverno({}), "passes"),
      row(
        "it accepts it in small letters, in a namespace",
        kyverno({}, { validationFailureAction: "enforce" }, "Policy"),
        "passes",
      ),
      row("it accepts the check's own word", kyverno({ failureAction: "Enforce" }, {}), "passes"),
      row(
        "it refuses Kyverno that reports",
        kyverno({}, { validationFailureAction: "Audit" }),
        /it only reports \(Audit\)/,
      ),
      row("it refuses Kyverno by its default", kyverno({}, {}), weak),
      row("it refuses the check's own word against the policy's", kyverno({ failureAction: "Audit" }), weak),
      row("it refuses a check that is not required", kyverno({ required: false }), /required is false/),
      row(
        "it refuses a webhook that may fail",
        kyverno({}, { validationFailureAction: "Enforce", failurePolicy: "Ignore" }),
        /failurePolicy Ignore/,
      ),
      row(
        "it cannot judge what is not known",
        kyverno({}, { validationFailureAction: unknownString }),
        "is undetermined",
      ),
      row("it cannot judge a check that is not known", kyverno({ required: unknownString }), "is undetermined"),
      row(
        "it cannot judge a webhook that is not known",
        kyverno({}, { validationFailureAction: "Enforce", failurePolicy: unknownString }),
        "is undetermined",
      ),
      row(
        "it cannot judge a policy that is not known",
        object("kyverno.io/v1:ClusterPolicy", unknownString),
        "is undetermined",
      ),
      row(
        "it has nothing against a policy of Kyverno on something else",
        object("kyverno.io/v1:ClusterPolicy", {
          validationFailureAction: "Audit",
          rules: [{ validate: { message: "a.b" } }],
        }),
        "passes",
      ),
      row("it accepts the newer kind", validating({}), "passes"),
      row(
        "it accepts the newer kind that denies",
        validating({ validationActions: ["Deny", "Audit"] }, "NamespacedImageValidatingPolicy"),
        "passes",
      ),
      row("it refuses the newer kind that reports", validating({ validationActions: ["Audit"] }), /no Deny/),
      row("it refuses its webhook that may fail", validating({ failurePolicy: "Ignore" }), /failurePolicy Ignore/),
      row(
        "it cannot judge actions that are not known",
        validating({ validationActions: unknownString }),
        "is undetermined",
      ),
      row(
        "it cannot judge one of them that is not known",
        validating({ validationActions: [unknownString] }),
        "is undetermined",
      ),
      row(
        "it cannot judge its webhook that is not known",
        validating({ failurePolicy: unknownString }),
        "is undetermined",
      ),
      row("it accepts Sigstore's", sigstore({}), "passes"),
      row("it refuses Sigstore's that warns", sigstore({ mode: "warn" }), /it only warns/),
      row(
        "it refuses one that lets everything pass",
        sigstore({ authorities: [{ static: { action: "pass" } }] }),
        /lets everything pass/,
      ),
      row(
        "it accepts one that refuses everything",
        sigstore({ authorities: [{ static: { action: "fail" } }] }),
        "passes",
      ),
      row("it refuses one without an authority", sigstore({ authorities: [] }), /names no authority/),
      row("it cannot judge a mode that is not known", sigstore({ mode: unknownString }), "is undetermined"),
      row(
        "it cannot judge authorities that are not known",
        sigstore({ authorities: unknownString }),
        "is undetermined",
      ),
      row(
        "it cannot judge an authority that is not known",
        sigstore({ authorities: [{ static: { action: unknownString } }] }),
        "is undetermined",
      ),
    ]);
  });

  describe("images of others", () => {
    const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;
    const pods = (image: unknown, name = "web"): Resource => ({
      type: "kubernetes:apps/v1:Deployment",
      name,
      props: { metadata: { namespace: "a" }, spec: { template: { spec: { initContainers: [{ image }] } } } },
    });
    const others = pods(`codeberg.org/team/web${digest}`);
    const stack = (title: string, resources: readonly Resource[], expect: Expectation, options: object = own) => ({
      title,
      resources,
      expect,
      ...options,
    });
    const found = /images of codeberg\.org, whose signatures no policy of the cluster checks/;
    stackTable(signatureChecked, [
      stack(
        "it says nothing of images of one's own",
        [pods(`registry.crisis.example.ch/web${digest}`)],
        "says nothing",
      ),
      stack("it says nothing of a registry in the cluster", [pods(`registry.a.svc:5000/web${digest}`)], "says nothing"),
      stack(
        "it leaves a registry that the profile refuses to its own rule",
        [pods(`ghcr.io/team/web${digest}`)],
        "says nothing",
      ),
      stack(
        "it leaves a registry that nobody knows to its own rule",
        [pods(`registry.example.net/web${digest}`)],
        "says nothing",
      ),
      stack("it refuses images of another's registry", [others], found),
      stack("it leaves them to another rule under strict", [others], "says nothing", under("strict")),
      stack("it names each registry", [others, pods("registry.opencode.de/a/b:1", "b")], /codeberg[^]*opencode/),
      stack("it says nothing of an image that is not known", [pods(unknownString)], "says nothing"),
      stack(
        "it has nothing against containers outside a cluster",
        [{ ...others, type: "docker:index/container:Container" }],
        "passes",
      ),
      stack("it accepts them with Kyverno's policy", [others, kyverno({})], "passes"),
      stack("it accepts Kyverno's older key", [others, kyverno({ imageReferences: [], image: "*" })], "passes"),
      stack("it accepts Kyverno's newer kind", [others, validating({})], "passes"),
      stack(
        "it accepts an expression over images",
        [others, validating({ matchImageReferences: [{ expression: "a" }] })],
        "passes",
      ),
      stack("it accepts Sigstore's policy", [others, sigstore({})], "passes"),
      stack(
        "it accepts a policy for the whole registry",
        [others, sigstore({ images: [{ glob: "codeberg.org" }] })],
        "passes",
      ),
      stack("it accepts a policy for everything", [others, sigstore({ images: [{ glob: "**" }] })], "passes"),
      stack(
        "it refuses them with a policy for another registry",
        [others, sigstore({ images: [{ glob: "codeberg.org.evil.example/**" }] })],
        found,
      ),
      stack("it refuses them with a policy that is weak", [others, sigstore({ mode: "warn" })], found),
      stack(
        "it refuses them with a policy on something else",
        [others, object("kyverno.io/v1:ClusterPolicy", { rules: [] })],
        found,
      ),
      stack(
        "it accepts a policy for several registries",
        [others, sigstore({ images: [{ glob: "quay.io/**" }, { glob: "codeberg.org/**" }] })],
        "passes",
      ),
      stack(
        "it cannot judge them with a policy whose images are not known",
        [others, sigstore({ images: unknownString })],
        "is undetermined",
      ),
      stack(
        "it has nothing against a registry of one's own that the operator has reviewed",
        [pods(`registry.crisis.example.ch/web${digest}`)],
        "says nothing",
        {
          ...own,
          pack: {
            facts: [
              {
                table: "registries",
                host: "registry.crisis.example.ch",
                party: "Example AG",
                country: "CH",
                nexus: "none",
                source: "the contract",
                reviewed: "2026-11-01",
              },
            ],
          },
        },
      ),
      stack(
        "it cannot judge them with a policy that is not known",
        [others, sigstore({ mode: unknownString })],
        "is undetermined",
      ),
      stack(
        "it accepts them with a second policy that is known",
        [others, sigstore({ mode: unknownString }), kyverno({})],
        "passes",
      ),
      stack(
        "it reads what a component shows of its hosts",
        [{ type: "sovereign-uc:index:Host", props: { files: ["rpm -i --nosignature a.rpm"] } }],
        /--nosignature/,
      ),
    ]);
  });
});
