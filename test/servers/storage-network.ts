import { host } from "./sealed-network";

/** Hosts of the store, by number from 0. */
export const addresses = [host(1), host(2), host(3)] as const;
export const databaseAddress = host(4);
