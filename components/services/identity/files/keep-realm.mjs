/**
 * Keeps a realm of an identity server as it is planned: settings, flows, roles, clients, local accounts and the directory. Run again, it changes what differs and
 * nothing else; people and what they enrolled stay. A new realm is enabled last, when all of it is there.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { administration, served } from "./realm-api.mjs";
import { dropFlows, keepFlows } from "./realm-flows.mjs";
import { keepAccounts, keepExactly, keepRoles } from "./realm-people.mjs";

const { REALM_SERVER: server, REALM_FILE: file, REALM_SECRETS: folder, REALM_KEEPER: client } = process.env;
const waitSeconds = Number(process.env.REALM_WAIT_SECONDS ?? "900");

const secret = (name) => readFileSync(join(folder, name), "utf8").trim();
const wanted = JSON.parse(readFileSync(file, "utf8"));
const { realm } = wanted;
/** Lines of the log; never a value. */
const changed = (what) => console.log(JSON.stringify({ realm, changed: what }));

const holds = (has, value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).every(([key, own]) => holds(has?.[key] ?? (own === "" ? "" : undefined), own))
    : Array.isArray(value)
      ? Array.isArray(has) && has.length === value.length && value.every((own) => has.some((one) => holds(one, own)))
      : has === value;

async function keepActions(ask) {
  const path = `/${realm}/authentication/required-actions`;
  const has = await ask("GET", path);
  for (const action of wanted.requiredActions) {
    const own = has.find(({ alias }) => alias === action.alias);
    if (holds(own, action)) continue;
    if (own === undefined) {
      const { providerId, name } = action;
      await ask("POST", `/${realm}/authentication/register-required-action`, { providerId, name });
    }
    await ask("PUT", `${path}/${action.alias}`, { ...own, ...action });
    changed(`action ${action.alias}`);
  }
}

async function keepClients(ask) {
  const all = await ask("GET", `/${realm}/clients?max=1000`);
  for (const planned of wanted.clients) {
    const has = all.find(({ clientId }) => clientId === planned.clientId);
    const whole = { ...planned, secret: secret(`client-${planned.clientId}`) };
    if (has === undefined) await ask("POST", `/${realm}/clients`, whole);
    else if (!holds(has, whole)) await renewed(ask, has, whole);
    else continue;
    changed(`client ${planned.clientId}`);
  }
  for (const { id, clientId, ...has } of await ask("GET", `/${realm}/clients?max=1000`)) {
    const planned = wanted.clients.some((client) => client.clientId === clientId);
    if (!planned && has.attributes?.["sovereign-uc.planned"] === "true") {
      await ask("DELETE", `/${realm}/clients/${id}`);
      changed(`client ${clientId}, which is planned no more`);
    } else await noPasswords(ask, realm, { id, clientId, ...has });
  }
  for (const { client: clientId, roles } of wanted.scopeMappings) await keepScope(ask, clientId, roles);
}

/** Scopes and mappers of a client are things of their own: what it has and is not planned goes. */
async function renewed(ask, has, whole) {
  const path = `/${realm}/clients/${has.id}`;
  await ask("PUT", path, { ...whole, id: has.id });
  const mappers = `${path}/protocol-mappers/models`;
  for (const { id } of await ask("GET", mappers)) await ask("DELETE", `${mappers}/${id}`);
  await ask("POST", `${path}/protocol-mappers/add-models`, whole.protocolMappers);
  const known = await ask("GET", `/${realm}/client-scopes`);
  for (const kind of ["default", "optional"]) {
    const names = whole[`${kind}ClientScopes`];
    const scopes = `${path}/${kind}-client-scopes`;
    const own = await ask("GET", scopes);
    for (const { id, name } of own) if (!names.includes(name)) await ask("DELETE", `${scopes}/${id}`);
    for (const { id, name } of known)
      if (names.includes(name) && !own.some((one) => one.name === name)) await ask("PUT", `${scopes}/${id}`);
  }
}

async function keepScope(ask, clientId, names) {
  const [{ id }] = await ask("GET", `/${realm}/clients?clientId=${encodeURIComponent(clientId)}`);
  const path = `/${realm}/clients/${id}/scope-mappings/realm`;
  await keepExactly(ask, path, await Promise.all(names.map((name) => ask("GET", `/${realm}/roles/${name}`))));
}

/** Readers: what each client may ask for, and what its account may. */
async function keepReaders(ask) {
  for (const [of, readers] of Object.entries(wanted.clientScopeMappings))
    for (const { client: clientId, roles } of readers) {
      const [[{ id: owner }], [{ id }]] = await Promise.all(
        [of, clientId].map((one) => ask("GET", `/${realm}/clients?clientId=${encodeURIComponent(one)}`)),
      );
      const account = await ask("GET", `/${realm}/clients/${id}/service-account-user`);
      const own = await Promise.all(roles.map((name) => ask("GET", `/${realm}/clients/${owner}/roles/${name}`)));
      const places = [`/${realm}/clients/${id}/scope-mappings/clients/${owner}`, `/${realm}/users/${account.id}/role-mappings/clients/${owner}`]; // prettier-ignore
      for (const path of places) if (await keepExactly(ask, path, own)) changed(`rights of ${clientId}`);
    }
}

/** No client takes a password in a browser's place, upstream's own included. */
async function noPasswords(ask, of, has) {
  if (has.directAccessGrantsEnabled !== true) return;
  await ask("PUT", `/${of}/clients/${has.id}`, { ...has, directAccessGrantsEnabled: false });
  changed(`client ${has.clientId} of ${of}: no sign-in by password alone`);
}

async function keepProfile(ask) {
  const [component] = wanted.components["org.keycloak.userprofile.UserProfileProvider"];
  const profile = JSON.parse(component.config["kc.user.profile.config"][0]);
  const path = `/${realm}/users/profile`;
  if (holds(await ask("GET", path), profile)) return;
  await ask("PUT", path, profile);
  changed("profile of people");
}

const storage = "org.keycloak.storage.UserStorageProvider";

async function keepDirectory(ask) {
  const [planned] = wanted.components[storage] ?? [];
  const { id: parentId } = await ask("GET", `/${realm}`);
  const all = (await ask("GET", `/${realm}/components?type=${storage}`)) ?? [];
  const has = all.find(({ name }) => name === "directory");
  if (planned === undefined) {
    if (has === undefined) return;
    await ask("DELETE", `/${realm}/components/${has.id}`);
    return changed("the directory, which is planned no more");
  }
  const config = { ...planned.config, bindCredential: [secret("directory")] };
  const whole = { ...planned, config, providerType: storage, parentId };
  if (has === undefined) await ask("POST", `/${realm}/components`, whole);
  // Its password is never shown: it is given each time.
  else await ask("PUT", `/${realm}/components/${has.id}`, { ...has, ...whole });
  if (has === undefined || !holds(has.config, planned.config)) changed("directory");
}

/** Settings of the realm alone: everything else is kept one by one. */
function settings() {
  const parts = ["authenticationFlows", "authenticatorConfig", "clientScopeMappings", "clients", "components", "requiredActions", "roles", "scopeMappings", "users"]; // prettier-ignore
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => !parts.includes(key)));
}

/** The realm of administrators: nobody there has a password to guess, unless somebody makes one. */
async function keepMaster(ask) {
  const rules = { bruteForceProtected: true, failureFactor: 5, passwordPolicy: wanted.passwordPolicy };
  const logged = { eventsEnabled: true, eventsListeners: wanted.eventsListeners, adminEventsEnabled: true };
  const month = { eventsExpiration: wanted.eventsExpiration };
  const planned = { ...rules, ...logged, ...month };
  if (!holds(await ask("GET", "/master"), planned)) {
    await ask("PUT", "/master", { realm: "master", ...planned });
    changed("settings of master");
  }
  for (const one of await ask("GET", "/master/clients?max=1000")) await noPasswords(ask, "master", one);
}

async function keep() {
  await served(server, waitSeconds);
  const secrets = ["keeper", "keeper-previous"].filter((name) => existsSync(join(folder, name))).map(secret);
  const { ask, renew } = await administration({ server, client, secrets });
  if (await renew()) changed(`secret of ${client}`);
  await keepMaster(ask);
  if ((await ask("GET", `/${realm}`)) === undefined) {
    await ask("POST", "", { realm, enabled: false });
    changed("realm");
  }
  await keepActions(ask);
  await keepProfile(ask);
  await keepRoles(ask, realm, wanted.roles.realm, changed);
  const names = await keepFlows(ask, realm, wanted, await ask("GET", `/${realm}`), changed);
  await keepClients(ask);
  await keepReaders(ask);
  await keepDirectory(ask);
  const whole = { ...settings(), ...names };
  if (!holds(await ask("GET", `/${realm}`), whole)) {
    await ask("PUT", `/${realm}`, whole);
    changed("settings");
  }
  await dropFlows(ask, realm, names);
  const people = wanted.users.filter(({ serviceAccountClientId }) => serviceAccountClientId === undefined);
  await keepAccounts(ask, realm, people, (name) => secret(`account-${name}`), changed);
  console.log(JSON.stringify({ realm, kept: true }));
}

keep().catch((error) => {
  console.error(JSON.stringify({ realm, problem: error.message }));
  process.exitCode = 1;
});
