import type { Model } from '@agon/core'

export function validate(model: Model): void {
  void model
}
