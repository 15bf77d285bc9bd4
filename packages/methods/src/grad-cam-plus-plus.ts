import { cam, sumOf, weighingChannels } from './layers/cam.js'

/**
 * Grad-CAM++: channels A_k of a layer, weighted by the positive gradient of logit f, each position by a factor of its own,
 *
 *     map = relu(sum over k of w_k A_k),    w_k = sum over i of a_ki relu(g_ki),    g = df/dA
 *     a_ki = g_ki^2 / (2 g_ki^2 + g_ki^3 sum over j of A_kj) = 1 / (2 + g_ki sum over j of A_kj)
 *
 * where g_ki > 0; the other positions count nothing, so 0/0 does not arise. A denominator of exactly 0, which needs negative activations, counts
 * nothing either. The closed form of the paper is of the score exp(f), whose derivatives of any order are exp(f) times powers of g as f is
 * taken to be linear in A; the common factor exp(f) > 0 of a label's map is left out, so that labels keep the scale of their logits.
 */
export const gradCamPlusPlus = cam({
  name: 'grad-cam++',
  cite: 'Chattopadhay, Sarkar, Howlader & Balasubramanian 2018, Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks, arXiv 1710.11063',
  combine: weighingChannels((activation, gradient) => {
    const sum = sumOf(activation)
    let weight = 0
    for (const slope of gradient) {
      const denominator = 2 + slope * sum
      if (slope > 0 && denominator !== 0) weight += slope / denominator
    }
    return weight
  })
})
