/** A directory of people, as the realm knows it: plain values, no secrets. */
export interface DirectorySettings {
  /** `ldaps://directory.crisis.example.ch:636` */
  readonly url: string;
  /** Name that the service reads it under. */
  readonly bindDn: string;
  /** Part of the tree with the people. */
  readonly usersDn: string;
  /** Attribute by which people sign in. */
  readonly usernameAttribute: string;
  /** Attribute that never changes. */
  readonly idAttribute: string;
  /** Classes of a person's entry. */
  readonly objectClasses: readonly string[];
}

/** Name of the directory in the realm. */
export const directoryName = "directory";

const one = (value: unknown): readonly string[] => [String(value)];

/** The directory in upstream's own form, without its password: read only, over TLS. Keys: LDAPConstants of 26.7.3. */
export const directoryComponent = (directory: DirectorySettings): Readonly<Record<string, unknown>> => ({
  name: directoryName,
  providerId: "ldap",
  config: {
    enabled: one(true),
    vendor: one("other"),
    connectionUrl: one(directory.url),
    authType: one("simple"),
    bindDn: one(directory.bindDn),
    usersDn: one(directory.usersDn),
    usernameLDAPAttribute: one(directory.usernameAttribute),
    rdnLDAPAttribute: one(directory.usernameAttribute),
    uuidLDAPAttribute: one(directory.idAttribute),
    userObjectClasses: one(directory.objectClasses.join(", ")),
    searchScope: one(2),
    editMode: one("READ_ONLY"),
    importEnabled: one(true),
    syncRegistrations: one(false),
    validatePasswordPolicy: one(false),
    trustEmail: one(false),
    startTls: one(false),
    useTruststoreSpi: one("always"),
    connectionPooling: one(true),
    connectionTimeout: one(5_000),
    readTimeout: one(10_000),
    pagination: one(true),
    allowKerberosAuthentication: one(false),
    useKerberosForPasswordAuthentication: one(false),
    // A person who left the directory cannot sign in at once: passwords are asked of it. What was copied of them is forgotten within a day.
    fullSyncPeriod: one(86_400),
    changedSyncPeriod: one(-1),
    batchSizeForSync: one(1_000),
  },
});
