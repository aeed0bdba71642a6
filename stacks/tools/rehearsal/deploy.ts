import { relative } from "node:path";
import { isProfileName, type ProfileName } from "../../../policies/profiles";
import { driftOf } from "./drift";
import { failuresOf } from "./failures";
import type { Folders } from "./folders";
import type { Options } from "./options";
import { importCommand, orphanOf } from "./orphans";
import { controller, exposure, ruleFacts } from "./report/knowledge";
import { machineType } from "./report/machine-types";
import { buildModel } from "./report/build-model";
import type { Outcome, ReportModel } from "./report/model";
import { outcomes } from "./report/rules";
import { resourcesOfEvents, resourcesOfState } from "./report/state";
import { exported, type Session } from "./session";
import type { ConfigValue } from "./stack-files";
import type { Io, Voice } from "./terminal";
import { packConfig } from "./packs";
import { printVerdict, printViolations } from "./verdict";
import { noteDeployed } from "./workspace";
import { writeReport } from "./write";

/** Input of an operation. */
export interface Context {
  readonly asked: Options;
  readonly session: Session;
  readonly place: Folders;
  readonly voice: Voice;
  readonly io: Io;
  readonly config: Readonly<Record<string, ConfigValue>>;
}

/** Preview with packs, deployment with packs, report. Returns the exit code. */
export async function deploy(
  context: Context & { readonly policies: string; readonly stacks: string },
): Promise<number> {
  const { session, asked, policies, stacks, io } = context;
  const { stack, log, common } = session;
  const pinned = packConfig(stacks, asked.stack);
  const judged = {
    ...common,
    policyPacks: [policies],
    ...(pinned === undefined ? {} : { policyPackConfigs: [pinned] }),
  };

  if (asked.refresh) {
    const headline = "Comparing the state with the clouds";
    if (!(await phase(context, "refresh", headline, () => stack.refresh(common)))) return ended(context, "refresh");
    printDrift(context);
  }
  if (!(await phase(context, "preview", "Previewing with policies", () => stack.preview(judged)))) {
    if (io.signal.aborted) throw new Error("cancelled");
    const blocked = outcomes(ruleFacts, log.of("preview")).some(({ failed }) =>
      failed.some(({ mandatory }) => mandatory),
    );
    return blocked ? report(context, "blocked", "preview") : ended(context, "preview");
  }
  noteDeployed(context.place, context.config);
  const done = await phase(context, "up", "Deploying with policies", () => stack.up(judged));
  if (io.signal.aborted) {
    await exported(session);
    throw new Error("cancelled");
  }
  if (!done) {
    await ended(context, "up");
    return report(context, "failed", "up");
  }
  const unchanged = log.of("up").every((event) => !changes(event));
  return report(context, unchanged ? "unchanged" : "deployed", "up");
}

function printDrift({ session, voice }: Context): void {
  const found = driftOf(session.log.of("refresh"));
  voice.line(found.length === 0 ? "No drift: the clouds match the state." : "Drift, corrected by this deployment:");
  for (const { resource, type, changed } of found)
    voice.line(`  ${voice.open(resource)} (${type}): ${changed.length === 0 ? "gone" : changed.join(", ")}`);
}

/** True if an event is the end of an operation that changed something. */
function changes(event: object): boolean {
  if (!("summaryEvent" in event)) return false;
  const { resourceChanges = {} } = event.summaryEvent as {
    readonly resourceChanges?: Readonly<Record<string, number>>;
  };
  return Object.entries(resourceChanges).some(([operation, count]) => operation !== "same" && count > 0);
}

/** Runs one command of the engine; false if it failed, with the reasons in its events. */
async function phase(
  { session, voice }: Context,
  name: string,
  headline: string,
  command: () => Promise<unknown>,
): Promise<boolean> {
  voice.headline(headline);
  session.log.begin(name);
  try {
    await command();
    return true;
  } catch (error) {
    // Some errors come on standard error instead of as events: a lock, a passphrase, a pack that does not start.
    if (failuresOf(session.log.of(name)).length === 0 && !mandatory(session.log.of(name))) throw error;
    return false;
  }
}

const mandatory = (events: readonly unknown[]): boolean =>
  outcomes([], events).some(({ failed }) => failed.some((finding) => finding.mandatory));

/** Prints the errors of a phase, and how to adopt an object that was left behind. */
async function ended({ session, voice, asked }: Context, name: string): Promise<number> {
  voice.line();
  for (const failure of failuresOf(session.log.of(name))) {
    voice.line(
      `${voice.bad("✕")} ${failure.resource === "the stack" ? "" : `${voice.bold(failure.resource)} (${failure.type}): `}${failure.message}`,
    );
    const orphan = orphanOf(failure);
    if (orphan === undefined) continue;
    voice.line("  An earlier deployment made it but got no answer. Adopt it, then run again:");
    voice.line(`    ${importCommand(orphan, session.log.of(name))}`);
    voice.line(
      `  In this rehearsal: npm start -- --stack ${asked.stack} --adopt ${orphan.type}=${orphan.name}=${orphan.id}`,
    );
  }
  return 1;
}

/** Makes the report from the engine's events and state, writes it and prints the verdict. */
async function report(context: Context, outcome: Outcome, last: string): Promise<number> {
  const { session, voice, place, asked, io, config } = context;
  voice.headline("Writing the report");
  const { state, secrets } = await exported(session);
  const events = session.log.of(last);
  const shown = outcome === "blocked" ? resourcesOfEvents(events) : resourcesOfState(state);
  const packages = new Set(
    shown.flatMap(({ type }) => (type.startsWith("pulumi:providers:") ? type.slice("pulumi:providers:".length) : [])),
  );
  const profile = profileOf(config);
  const made: ReportModel = buildModel({
    stack: asked.stack,
    blueprint: String(config["sovereign-uc:blueprint"] ?? asked.stack),
    profile,
    outcome,
    at: io.now().toISOString(),
    state: outcome === "blocked" ? undefined : state,
    events,
    rules: ruleFacts,
    exposure: exposure(profile, [...packages]),
    ownDomains: ownDomains(config),
    facts: controller,
    machineType,
  });
  writeReport(place, made, secrets);
  if (made.verdict.state === "blocked") printViolations(voice, made.rules);
  printVerdict(voice, made, relative(process.cwd(), place.report));
  return made.verdict.state === "passed" ? 0 : 1;
}

function profileOf(config: Context["config"]): ProfileName {
  const value = config["sovereign-uc:profile"];
  return isProfileName(value) ? value : "european";
}

function ownDomains(config: Context["config"]): readonly string[] {
  const value = config["sovereign-uc:ownDomains"];
  return Array.isArray(value) ? value.filter((domain) => typeof domain === "string") : [];
}
