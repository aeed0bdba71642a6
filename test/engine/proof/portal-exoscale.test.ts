import { goesUp } from "../goes-up";

describe("portal-exoscale", () =>
  goesUp({
    stack: "portal-exoscale",
    hosts: ["exoscale", "ComputeInstance"],
    volumes: ["control"],
    persistent: 0,
    kept: [],
    conferences: "openvidu",
  }));
