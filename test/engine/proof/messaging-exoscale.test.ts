import { goesUp } from "../goes-up";

describe("messaging-exoscale", () =>
  goesUp({
    stack: "messaging-exoscale",
    hosts: ["exoscale", "ComputeInstance"],
    volumes: ["control", "data"],
    persistent: 4,
    kept: ["records-passphrase"],
  }));
