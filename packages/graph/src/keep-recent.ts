/** Values by key, made when first asked for; those used last are kept. */
export interface Recent<Value> {
  of(key: string, make: () => Value): Value
  /** Drops all. */
  clear(): void
}

/** Keeps `most` values; `drop` is told of each that goes. */
export function keepRecent<Value>(most: number, drop: (value: Value) => void): Recent<Value> {
  const byKey = new Map<string, Value>()
  return {
    of(key, make) {
      const value = byKey.has(key) ? byKey.get(key)! : make()
      byKey.delete(key)
      byKey.set(key, value)
      const [oldest] = byKey
      if (byKey.size > most) {
        byKey.delete(oldest![0])
        drop(oldest![1])
      }
      return value
    },
    clear() {
      for (const value of byKey.values()) drop(value)
      byKey.clear()
    }
  }
}
