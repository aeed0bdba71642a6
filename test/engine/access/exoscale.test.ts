import { stopsBeforeAHost } from "./life";

describe("doors closed to administrators on exoscale", () => stopsBeforeAHost("exoscale"));
