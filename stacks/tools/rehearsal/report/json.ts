import type { ReportModel } from "./model";

/** The report as data for other programs: the same as the page, with paths of files instead of their contents. */
export function json({ hosts, pods, artefacts, ...model }: ReportModel): string {
  return `${JSON.stringify(
    {
      ...model,
      hosts: hosts.map(({ ruleset: _, files: _files, userData: _userData, ...host }) => host),
      pods: pods.map(({ hosts: on, ...pod }) => ({ ...pod, hosts: on.map(({ name }) => name) })),
      artefacts: artefacts.map(({ path }) => path),
    },
    null,
    2,
  )}\n`;
}
