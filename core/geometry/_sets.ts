/** Disjoint sets of 0 … n − 1 (union by index with path halving; Tarjan and van Leeuwen 1984). */
export interface Sets {
  /** The representative of the set that holds `item`: its lowest member. */
  find(item: number): number;
  /** Whether `item` is the representative of its set. */
  isLowest(item: number): boolean;
  /** Makes the sets of both one. */
  unite(a: number, b: number): void;
}

/** Makes n sets of one. */
export function makeSets(n: number): Sets {
  const parent = new Uint32Array(n);
  for (let i = 0; i < n; i++) parent[i] = i;
  const find = (item: number) => {
    for (;;) {
      const above = parent[item];
      if (above === item) return item;
      item = parent[item] = parent[above];
    }
  };
  const unite = (a: number, b: number) => {
    const rootA = find(a), rootB = find(b);
    if (rootA < rootB) parent[rootB] = rootA;
    else parent[rootA] = rootB;
  };
  return { find, isLowest: (item) => parent[item] === item, unite };
}
