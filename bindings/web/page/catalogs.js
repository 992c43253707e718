// The catalogs that ship, as `rungs catalog list` prints them. A test of the library writes this file:
// UPDATE=1 cargo test --features capi --test abi web::

/** @type {[name: string, about: string][]} */
export const CATALOGS = [
  ["karafka", "the Karafka family, with Ruby (used without --catalog)"],
  ["gitlab", "GitLab, self-managed: required and conditional stops"],
  ["kafka", "Apache Kafka: brokers, KRaft, Java, drivers"],
  ["kubernetes", "Kubernetes: control plane, kubelets and kube-proxy, and how far they may be apart"],
  ["rails", "Rails: its gems, Ruby, companions"],
];

/** Those that go together in a question. @type {string[][]} */
export const JOINED = [
  ["karafka", "kafka"],
  ["gitlab", "kubernetes"],
  ["karafka", "rails"],
  ["rails", "kafka"],
  ["karafka", "rails", "kafka"],
];
