// The page of customers: who came, stayed and left, what that means for revenue, what happened in the shop. Money
// stands by currency and is never added up.
const PARTS = ["at_start", "new", "expanded", "contracted", "cancelled", "at_end"];
const SHARES = ["mrr_churn_ratio", "net_mrr_churn_ratio", "mrr_expansion_ratio"];
const NO_PRODUCT = "none"; // where orders lie, which name no product
const TARGET_WINDOW = "30d"; // the target is for 30 days, whatever period is chosen
const part = (numbers, row, name) => numbers.cell(row, `customer_parts.${name}`);

// A smaller number with its sample.
function besides(numbers, row, id, column, below) {
  return { label: `${titleOf(id, column)} (${say.n(count(part(numbers, row, below) ?? 0)[0])})`, column, row, value: decimal(numbers.cell(row, column)) };
}

function customers(numbers) {
  const row = numbers.scope;
  const parts = [["at_start", "customer_parts.at_start"], ["new", "customer_parts.new"], ["lost", "customers_lost"]];
  return {
    title: say.title.customers, big: count(part(numbers, row, "at_end")), column: "customer_parts.at_end", row,
    notes: row ? [] : [say.empty],
    items: [
      ...parts.map(([name, column]) => ({ label: say.part[name], column, row, value: count(numbers.cell(row, column)) })),
      besides(numbers, row, "engagement", "engagement", "active"),
    ],
  };
}

function churn(numbers) {
  const column = "churn_ratio", row = numbers.scope, value = numbers.cell(row, column);
  const target = numbers.cell(numbers.row(null, null), "churn_target_ratio");
  const isCompared = target !== null && numbers.message.window === TARGET_WINDOW && value !== null;
  const past = numbers.only === null ? SETTINGS.windows : [];
  return {
    title: titleOf("churn", column), big: percent(value), column, row,
    status: isCompared ? value > target ? ["bad", say.above_target] : ["ok", say.on_target] : null,
    notes: [value === null ? say.nobody_there : say.lost_of(count(numbers.cell(row, "customers_lost"))[0], count(part(numbers, row, "at_start"))[0]),
      target === null ? null : say.churn_target(joined(percent(target)))],
    items: past.map(window => {
      const then = numbers.row(window, null);
      const before = part(numbers, then, "at_start");
      return { label: `${say.window[window]} (${say.n(count(before ?? 0)[0])})`, column, row: then ?? [window, null], value: percent(numbers.cell(then, column)) };
    }),
  };
}

// A ratio with its parts beside it: [id, column, format, part above, part below].
function ratio(id, column, show, above, below) {
  return numbers => {
    const row = numbers.scope, value = numbers.cell(row, column);
    const under = part(numbers, row, below);
    const over = above === null ? null : numbers.cell(row, above);
    return {
      title: titleOf(id, column), big: show(value), column, row,
      notes: [value === null ? say.nothing[id] ?? say.no_sample : over === null ? `${sample(under)} ${say.part[below]}`
        : say.of(count(over)[0], count(under)[0], say.part[below])],
    };
  };
}

function revenue(numbers) {
  const currencies = numbers.currencies(), window = numbers.message.window;
  const of = (when, currency) => numbers.row(when, numbers.only, currency);
  const line = (name, when, column, show) => [name, ...currencies.map(currency => {
    const row = of(when, currency);
    return [show(numbers.cell(row, column), currency), column, row ?? [when, numbers.only]];
  })];
  return {
    title: say.title.revenue, notes: currencies.length ? [] : [say.no_revenue], corner: say.currency, columns: currencies,
    lines: [
      ...PARTS.map(name => line(say.part[name], window, `mrr_parts.${name}`, money)),
      ...SHARES.map(name => line(say.share[name], window, `currency_${name}`, percent)),
      line(titleOf("lifetime", "customer_lifetime_value"), null, "customer_lifetime_value", money),
    ],
  };
}

function products(numbers) {
  const shown = [
    ["at_start", "customer_parts.at_start", count], ["new", "customer_parts.new", count], ["lost", "customers_lost", count],
    ["churn", "churn_ratio", percent, "at_start"], ["renewal", "renewal_ratio", percent, "renewals_due"],
    ["referral", "referral_ratio", percent, "new"], ["upsell", "upsell_ratio", percent, "sales"],
  ];
  const revenue = row => numbers.currencies(row[1]).map(currency => numbers.row(numbers.message.window, row[1], currency)).filter(each => each);
  return {
    corner: say.product, columns: [...shown.map(([id]) => say.part[id] ?? say.short[id]), say.share.at_end],
    lines: numbers.lines.filter(row => part(numbers, row, "active") || part(numbers, row, "sales")).map(row => [row[1] === NO_PRODUCT ? say.no_product : row[1],
      ...shown.map(([, column, show, below]) => {
        const value = numbers.cell(row, column);
        return [show(value), column, row, below && value !== null ? sample(part(numbers, row, below)) : ""];
      }),
      [[revenue(row).map(each => joined(money(numbers.cell(each, "mrr_parts.at_end"), each[2]))).join(" · ") || DASH, ""], "mrr_parts.at_end", row],
    ]),
  };
}

function returning(numbers) {
  const found = ratio("returning", "returning_customers_ratio", percent, null, "buyers")(numbers);
  return { ...found, items: [besides(numbers, numbers.scope, "purchases", "purchases_per_customer", "buyers")] };
}

const PAGE = loyalPage([
  ["customers", 2, customers], ["churn", 3, churn], ["revenue", 5, revenue],
  ["retention", 2, ratio("retention", "retention_ratio", percent, null, "at_start")],
  ["renewal", 2, ratio("renewal", "renewal_ratio", percent, "customer_parts.renewed", "renewals_due")],
  ["referral", 2, ratio("referral", "referral_ratio", percent, "referrals", "new")],
  ["upsell", 2, ratio("upsell", "upsell_ratio", percent, "customer_parts.upsells", "sales")],
  ["conversion", 2, ratio("conversion", "conversion_ratio", percent, "customer_parts.orders", "visits")],
  ["carts", 2, ratio("carts", "cart_abandonment_ratio", percent, "customer_parts.carts_abandoned", "carts_opened")],
  ["returning", 2, returning],
], products);
