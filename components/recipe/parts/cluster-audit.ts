/**
 * Kinds whose content is written down when they change: what says who may do what, and who may reach whom. They hold no secret. Everything else can: a workload's
 * environment, a custom resource's specification, the token in a TokenReview or TokenRequest; of them only who changed what and when is written down.
 */
const writtenDown = [
  { group: "rbac.authorization.k8s.io" },
  { group: "networking.k8s.io" },
  { group: "admissionregistration.k8s.io" },
  { group: "apiextensions.k8s.io", resources: ["customresourcedefinitions"] },
  { group: "apiregistration.k8s.io", resources: ["apiservices"] },
  { group: "policy", resources: ["poddisruptionbudgets"] },
  { group: "storage.k8s.io", resources: ["storageclasses", "csidrivers"] },
  { group: "scheduling.k8s.io" },
  { group: "node.k8s.io" },
  {
    group: "",
    resources: ["namespaces", "nodes", "serviceaccounts", "services", "resourcequotas", "limitranges"],
  },
];

/**
 * Audit policy: actions and users, without the content of secrets. A command that is run in a pod is in the request's URL, which every level records: it is evidence, and
 * secrets do not belong into a command's arguments. Websockets ask for it with the verb `get`.
 */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  omitManagedFields: true,
  rules: [
    {
      level: "Metadata",
      resources: [
        {
          group: "",
          resources: [
            "secrets",
            "configmaps",
            "serviceaccounts/token",
            "pods/exec",
            "pods/attach",
            "pods/portforward",
            "pods/proxy",
            "services/proxy",
            "nodes/proxy",
          ],
        },
      ],
    },
    { level: "None", verbs: ["get", "list", "watch"] },
    { level: "RequestResponse", verbs: ["create", "update", "patch", "delete"], resources: writtenDown },
    { level: "Metadata" },
  ],
};
