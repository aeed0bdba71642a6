import { randomBytes } from "node:crypto";
import { CheckContext, Kind, Operation, SimulatedPackage } from "../kind";
import { enrolledMachine, type Machine } from "../machines";
import { digest } from "../sealed";
import { sdkDeclarations } from "../tables";
import { isProperties, object, own, Properties, reveal, Secret, text, Value } from "../values";
import { Destination, dial, hostKey } from "./connection";

/**
 * No script runs here. A command reaches its machine or fails as the real one would; its run goes into the journal (which machine, which
 * phase, digests of script and input, nothing in clear), and scripts that say `# answers: <kind>` get that answer.
 *
 * | facts | source |
 * |---|---|
 * | defaults, order of phases, errors, `connection` secret, stdout unknown until it ran | pulumi/pulumi-command v1.2.1, `provider/pkg/provider/{common,local,remote}/` |
 * | change of a trigger replaces, any other change updates; outputs that are no inputs are unknown after any change | pulumi/pulumi-go-provider v1.3.0, `infer/resource.go`; @pulumi/command 1.2.1, `remote/command.js` |
 */
type Phase = "create" | "update" | "delete" | "copy";

const answers: Readonly<Record<string, (to: Destination | undefined) => string>> = {
  "host-key": (to) =>
    to === undefined
      ? ""
      : [hostKey(to.machine), ...(to.machine.proof === undefined ? [] : [`proof ${to.machine.proof}`])].join("\n"),
  enrol: (to) => {
    if (to === undefined) return "";
    const { name, privateAddresses, publicAddresses } = to.machine;
    return `enrolled ${name} ${privateAddresses[0]?.address ?? "-"} ${publicAddresses[0] ?? "-"} ${hostKey(to.machine)}\n`;
  },
  ready: () => "ready",
};

const connectionDefaults: Properties = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };

/** Runs nothing: records the script and its machine, and answers. */
function runs(
  { store, urnName }: Operation,
  phase: Phase,
  script: string,
  stdin: Value | undefined,
  to: Destination | undefined,
): Properties {
  store.record({
    n: store.journal.length + 1,
    at: new Date().toISOString(),
    resource: urnName,
    phase,
    host: to?.machine.name ?? "local",
    machine: to === undefined ? "" : `${to.machine.cloud} ${to.machine.id}`,
    through: to?.through?.name ?? "",
    script: digest(script),
    stdin: stdin === undefined ? "" : digest(stdin),
  });
  return { stdout: answers[answerOf(script) ?? ""]?.(to) ?? "", stderr: "" };
}

const answerOf = (script: string): string | undefined => /^# answers: ([a-z-]+)$/m.exec(script)?.[1];

const reached = (inputs: Properties, { stores, urnName }: Operation): Destination =>
  dial(object(inputs, "connection"), stores, handedOver(inputs, urnName));

/**
 * An enrolment reaches a machine that no simulated cloud has made: it exists by the inventory, at the address and with the host key that the
 * connection names, and becomes the host that standard input tells it to be.
 */
function handedOver(inputs: Properties, id: string): Machine | undefined {
  if (answerOf(text(inputs, "create") ?? "") !== "enrol") return undefined;
  const connection = object(inputs, "connection");
  const told = text(inputs, "stdin") ?? "";
  const [, address = "-", open = "-"] = /^at (\S+) (\S+)$/m.exec(told) ?? [];
  const name = /^host (\S+)$/m.exec(told)?.[1] ?? id;
  return enrolledMachine(id, `enrolled ${name} ${address} ${open} ${text(connection, "hostKey") ?? "- -"}`);
}

const shared: Omit<Kind, "create"> = {
  replaces: ["triggers"],
  volatile: ["stdout", "stderr"],
  hidden: ["create", "update", "delete", "stdin", "environment"],
};

const remoteCommand: Kind = {
  ...shared,
  complete: (inputs: Properties, _context: CheckContext) => withConnection(inputs),
  create: (operation) => {
    const script = text(operation.inputs, "create");
    const ran =
      script === undefined
        ? nothing
        : runs(operation, "create", script, own(operation.inputs, "stdin"), reached(operation.inputs, operation));
    return { id: `${operation.urnName}${randomBytes(4).toString("hex")}`, outputs: ran };
  },
  update: (operation) => {
    const { inputs, state } = operation;
    const script = text(inputs, "update") ?? text(inputs, "create");
    return script === undefined
      ? outcome(state)
      : runs(operation, "update", script, own(inputs, "stdin"), reached(inputs, operation));
  },
  remove: (operation) => {
    const { state } = operation;
    const script = text(state, "delete");
    if (script !== undefined) runs(operation, "delete", script, own(state, "stdin"), reached(state, operation));
  },
};

const localCommand: Kind = {
  ...shared,
  create: (operation) => {
    const script = text(operation.inputs, "create");
    const ran =
      script === undefined ? nothing : runs(operation, "create", script, own(operation.inputs, "stdin"), undefined);
    return { id: `${operation.urnName}${randomBytes(4).toString("hex")}`, outputs: ran };
  },
  update: (operation) => {
    const { inputs, state } = operation;
    const script = text(inputs, "update") ?? text(inputs, "create");
    return script === undefined ? outcome(state) : runs(operation, "update", script, own(inputs, "stdin"), undefined);
  },
  remove: (operation) => {
    const script = text(operation.state, "delete");
    if (script !== undefined) runs(operation, "delete", script, own(operation.state, "stdin"), undefined);
  },
};

const copyToRemote: Kind = {
  replaces: ["triggers"],
  hidden: ["source"],
  complete: (inputs: Properties, _context: CheckContext) => withConnection(inputs),
  create: (operation) => {
    copied(operation);
    return { id: randomBytes(4).toString("hex"), outputs: {} };
  },
  update: (operation) => {
    copied(operation);
    return {};
  },
};

function copied(operation: Operation): void {
  const { inputs } = operation;
  runs(operation, "copy", text(inputs, "remotePath") ?? "", own(inputs, "source"), reached(inputs, operation));
}

const nothing: Properties = { stdout: "", stderr: "" };

const outcome = (state: Properties): Properties => ({
  stdout: text(state, "stdout") ?? "",
  stderr: text(state, "stderr") ?? "",
});

/** The connection with its defaults; the real provider makes the whole of it a secret. */
function withConnection(inputs: Properties): Properties {
  const connection = own(inputs, "connection");
  const plain = connection === undefined ? undefined : reveal(connection);
  if (!isProperties(plain)) return inputs;
  const proxy = own(plain, "proxy");
  const complete = isProperties(proxy) ? { ...plain, proxy: { ...connectionDefaults, ...proxy } } : plain;
  return { ...inputs, connection: new Secret({ ...connectionDefaults, ...complete }) };
}

const kinds: Readonly<Record<string, Kind>> = {
  "command:remote:Command": remoteCommand,
  "command:remote:CopyToRemote": copyToRemote,
  "command:local:Command": localCommand,
};

/** Commands as plugin `command` 1.2.1 runs them, without running any. */
export function command(): SimulatedPackage {
  const declarations = sdkDeclarations("@pulumi/command");
  return {
    name: "command",
    version: declarations.version,
    declarations,
    kind: (token) => kinds[token],
    faultText: (fault, _type, name) => faults[fault](name),
  };
}

const faults: Readonly<Record<Parameters<SimulatedPackage["faultText"]>[0], (name: string) => string>> = {
  quota: (name) => `Process exited with status 1: running "${name}":\nno space left on device`,
  "rate-limit": () => "after 10 failed attempts: ssh: handshake failed: read: connection reset by peer",
  "server-error": (name) => `Process exited with status 1: running "${name}":`,
  "timeout-after-made": () => "wait: remote command exited without exit status or exit signal",
  "timeout-with-id": () => "wait: remote command exited without exit status or exit signal",
};
