import { livesAndLeaves } from "./life";

/** Volumes of the recorders' hosts, and the keys that open them. */
const recorders = [1, 2, 3].map((n) => `ministry-meetings-rec-${n}-data`);

describe("ministry-exoscale", () =>
  livesAndLeaves({
    stack: "ministry-exoscale",
    accepted: [],
    persistent: 16,
    kept: ["records-passphrase", ...recorders, ...recorders.map((name) => `${name}-key`)],
    silent: ["UC-AI-003"],
    shown: true,
  }));
