/** Flows of sign-in. A flow that is in use is never changed: another one is made beside it, compared, and used only then. */

/** Every step of a flow in order, as the server lists them. */
function steps(flows, configs, alias, level = 0) {
  const flow = flows.find((one) => one.alias === alias);
  return flow.authenticationExecutions.flatMap((step) => [
    {
      level,
      what: step.flowAlias ?? step.authenticator,
      requirement: step.requirement,
      config: configs.find((one) => one.alias === step.authenticatorConfig)?.config ?? {},
    },
    ...(step.flowAlias === undefined ? [] : steps(flows, configs, step.flowAlias, level + 1)),
  ]);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The steps that the server has; none where it has no such flow. */
async function found(ask, realm, alias) {
  const listed = (await ask("GET", `/${realm}/authentication/flows/${alias}/executions`)) ?? [];
  return Promise.all(
    listed.map(async (step) => ({
      level: step.level,
      what: step.authenticationFlow === true ? step.displayName : step.providerId,
      requirement: step.requirement,
      config:
        step.authenticationConfig === undefined
          ? {}
          : ((await ask("GET", `/${realm}/authentication/config/${step.authenticationConfig}`))?.config ?? {}),
    })),
  );
}

async function make(ask, realm, flows, configs, alias) {
  const at = (path) => `/${realm}/authentication${path}`;
  await ask("POST", at("/flows"), { alias, description: "", providerId: "basic-flow", topLevel: true, builtIn: false });
  const fill = async (flow) => {
    for (const step of flows.find((one) => one.alias === flow).authenticationExecutions) {
      if (step.flowAlias === undefined)
        await ask("POST", at(`/flows/${flow}/executions/execution`), { provider: step.authenticator });
      else {
        const part = { alias: step.flowAlias, description: "", type: "basic-flow", provider: "" };
        await ask("POST", at(`/flows/${flow}/executions/flow`), part);
        await fill(step.flowAlias);
      }
    }
  };
  await fill(alias);
  const wanted = steps(flows, configs, alias);
  const listed = await ask("GET", at(`/flows/${alias}/executions`));
  for (const [i, step] of listed.entries()) {
    await ask("PUT", at(`/flows/${alias}/executions`), { ...step, requirement: wanted[i].requirement });
    if (Object.keys(wanted[i].config).length > 0)
      await ask("POST", at(`/executions/${step.id}/config`), { alias: `${alias}-${i}`, config: wanted[i].config });
  }
  if (!same(await found(ask, realm, alias), wanted))
    throw new Error(`expected the flow ${alias} as planned, got another`);
}

/** The same flow under another name, with its parts. */
const renamed = (value, from, to) => JSON.parse(JSON.stringify(value).replaceAll(from, to));

/**
 * Sees to it that a flow is there as planned.
 *
 * @returns its name: another one where the flow that is in use was changed by somebody.
 */
async function kept(ask, realm, { flows, configs, alias, used, changed }) {
  const names = [alias, `${alias}-again`];
  for (const name of names) {
    const [own, set] = [renamed(flows, alias, name), renamed(configs, alias, name)];
    if (same(await found(ask, realm, name), steps(own, set, name))) return name;
  }
  const free = names.find((name) => !used.includes(name));
  await removed(ask, realm, (flow) => flow.alias === free);
  await make(ask, realm, renamed(flows, alias, free), renamed(configs, alias, free), free);
  changed(`flow ${free}`);
  return free;
}

async function removed(ask, realm, which) {
  const all = await ask("GET", `/${realm}/authentication/flows`);
  for (const flow of all.filter((one) => one.builtIn !== true && which(one)))
    await ask("DELETE", `/${realm}/authentication/flows/${flow.id}`);
}

/** Flows that were made here, by their names: a word and a digest. */
const ours = /^[a-z]+-[0-9a-f]{12}(-again)?$/;

/** @returns where the realm uses its flows. */
export async function keepFlows(ask, realm, planned, current, changed) {
  const places = ["browserFlow", "directGrantFlow"];
  const used = places.map((place) => current[place]);
  const names = {};
  for (const place of places)
    names[place] = await kept(ask, realm, {
      flows: planned.authenticationFlows,
      configs: planned.authenticatorConfig,
      alias: planned[place],
      used,
      changed,
    });
  return names;
}

/** Removes flows that were made here and are used no more. */
export const dropFlows = (ask, realm, names) =>
  removed(ask, realm, ({ alias, topLevel }) => topLevel && ours.test(alias) && !Object.values(names).includes(alias));
