/** Roles and local accounts of a realm. */

const generation = "sovereign-uc.generation";
const planned = "sovereign-uc.planned";

/** Roles, and the rights in the realm's administration that one of them has: no more and no fewer. */
export async function keepRoles(ask, realm, roles, changed) {
  for (const { composites, ...role } of roles) {
    const path = `/${realm}/roles/${encodeURIComponent(role.name)}`;
    if ((await ask("GET", path)) === undefined) {
      await ask("POST", `/${realm}/roles`, { name: role.name, description: role.description });
      changed(`role ${role.name}`);
    }
    const wanted = [];
    for (const [clientId, names] of Object.entries(composites?.client ?? {})) {
      const [client] = await ask("GET", `/${realm}/clients?clientId=${encodeURIComponent(clientId)}`);
      for (const name of names) wanted.push(await ask("GET", `/${realm}/clients/${client.id}/roles/${name}`));
    }
    if (await keepExactly(ask, `${path}/composites`, wanted)) changed(`rights of ${role.name}`);
  }
}

/** Gives a place the roles that are wanted there, and takes all others away. Returns true if that changed something. */
export async function keepExactly(ask, path, wanted) {
  const has = await ask("GET", path);
  const beside = (list, others) => list.filter(({ id }) => !others.some((other) => other.id === id));
  const [missing, surplus] = [beside(wanted, has), beside(has, wanted)];
  if (missing.length > 0) await ask("POST", path, missing);
  if (surplus.length > 0) await ask("DELETE", path, surplus);
  return missing.length + surplus.length > 0;
}

/** Local accounts: made once, and made to enrol anew where the generation of their one-time password is another. */
export async function keepAccounts(ask, realm, accounts, passwordOf, changed) {
  for (const { realmRoles, username, ...account } of accounts) {
    const attributes = { ...account.attributes, [planned]: ["true"] };
    const credential = { type: "password", value: passwordOf(username), temporary: true };
    const find = () => ask("GET", `/${realm}/users?exact=true&username=${encodeURIComponent(username)}`);
    let [person] = await find();
    if (person === undefined) {
      await ask("POST", `/${realm}/users`, { username, ...account, attributes, credentials: [credential] });
      [person] = await find();
      changed(`account ${username}`);
    } else if (person.attributes?.[generation]?.[0] !== attributes[generation][0]) {
      await anew(
        ask,
        `/${realm}/users/${person.id}`,
        { ...person, requiredActions: account.requiredActions, attributes },
        credential,
      );
      changed(`password of ${username}`);
    }
    const roles = `/${realm}/users/${person.id}/role-mappings/realm`;
    const has = await ask("GET", roles);
    const missing = realmRoles.filter((name) => !has.some((role) => role.name === name));
    if (missing.length > 0)
      await ask("POST", roles, await Promise.all(missing.map((name) => ask("GET", `/${realm}/roles/${name}`))));
  }
  for (const { id, username } of (await ask("GET", `/${realm}/users?max=1000&q=${planned}:true`)) ?? []) {
    if (accounts.some((account) => account.username === username)) continue;
    await ask("DELETE", `/${realm}/users/${id}`);
    changed(`account ${username}, which is planned no more`);
  }
}

/** Second factors go first and the generation comes last: what was cut off is done again. */
async function anew(ask, path, person, credential) {
  for (const { id, type } of await ask("GET", `${path}/credentials`))
    if (type !== "password") await ask("DELETE", `${path}/credentials/${id}`);
  await ask("PUT", `${path}/reset-password`, credential);
  await ask("POST", `${path}/logout`);
  await ask("PUT", path, person);
}
