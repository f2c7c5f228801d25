/** What a frontend does with the types that openapi-typescript makes. Throws where an answer is not as it should be. */

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Order = components["schemas"]["Orders"];

const [url, token] = process.argv.slice(2) as [string, string];
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

function same(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
  }
}

async function create(): Promise<Record<string, string>> {
  const { data, response } = await client.POST("/v1/documents/orders", {
    body: { id: "o1", number: 1, status: "paid", total: 9.5, customer: { email: "ada@example.org" } },
  });
  const order: Order | undefined = data;
  same([response.status, order?.status, order?._meta.version], [201, "paid", 1]);
  return { "Fold-After": response.headers.get("Fold-Position") ?? "" };
}

async function read(seen: Record<string, string>): Promise<void> {
  const { data } = await client.GET("/v1/documents/orders/{id}", { params: { path: { id: "o1" } }, headers: seen });
  const email: string | undefined = data?.customer.email;
  same([email, data?.total], ["ada@example.org", 9.5]);
}

async function list(seen: Record<string, string>): Promise<void> {
  const query = { "where[status]": "paid", "where[total][gte]": 9, sort: "-total", count: true };
  const page = await client.GET("/v1/documents/orders", { params: { query }, headers: seen });
  same([page.data?.items.map((order) => order.number), page.data?.count, page.data?.next], [[1], 1, null]);
  const none = await client.GET("/v1/documents/orders", { params: { query: { "where[status]": "new" } } });
  same(none.data?.items, []);
  const asked = await client.POST("/v1/documents/orders/query", { body: { where: { total: { lt: 10 } } } });
  same(asked.data?.items[0]?.status, "paid");
  const rows = await client.GET("/v1/views/orders/by_status", { params: { query: { "where[orders]": 1 } } });
  same(rows.data?.items, [{ status: "paid", orders: 1, total: 9.5 }]);
}

async function change(): Promise<void> {
  const path = { id: "o1" };
  const patched = await client.PATCH("/v1/documents/orders/{id}", {
    params: { path, header: { "If-Match": '"1"' } },
    body: { status: "shipped", customer: { name: null } },
  });
  same([patched.data?.status, patched.response.headers.get("ETag")], ["shipped", '"2"']);
  const late = await client.DELETE("/v1/documents/orders/{id}", { params: { path, header: { "If-Match": '"1"' } } });
  same([late.error?.type, late.error?.version], ["/problems/version-conflict", 2]);
}

async function refused(): Promise<void> {
  const order = { number: 2, status: "new", total: -1, customer: { email: "eve@example.org" } } as const;
  const { error } = await client.POST("/v1/documents/orders", { body: order });
  same([error?.status, error?.errors?.[0]?.pointer], [422, "/total"]);
  // @ts-expect-error  a status that the collection does not have
  await client.POST("/v1/documents/orders", { body: { ...order, status: "lost" } });
  // @ts-expect-error  a value that the member can not have
  await client.PATCH("/v1/documents/orders/{id}", { params: { path: { id: "o1" } }, body: { total: null } });
}

const seen = await create();
await read(seen);
await list(seen);
await change();
await refused();
