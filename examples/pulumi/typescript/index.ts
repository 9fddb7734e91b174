import * as pulumi from "@pulumi/pulumi";
import * as qualit from "./sdk";

const web = new qualit.Vps("web", {
    name: "web-1",
    offer: "vps-2",
    termMonths: 3,
    powerState: "running",
    labels: { team: "shop" },
});

const additions = { disk: 20, ipv4: 1 } as const;
const added = Object.entries(additions).map(
    ([type, quantity]) =>
        new qualit.Resource(type, { vpsId: web.serverId, type: type as keyof typeof additions, quantity }),
);

const cents = (amount: string | undefined) => Math.round(Number(amount ?? "0") * 100);

export const address = web.ipv4Address;
export const monthlyTotal = pulumi
    .all([web.monthlyPrice, ...added.map((addition) => addition.monthlyPrice)])
    .apply((prices) => (prices.map(cents).reduce((sum, price) => sum + price) / 100).toFixed(2));
