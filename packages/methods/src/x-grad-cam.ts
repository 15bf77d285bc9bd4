import { cam, sumOf, weighingChannels } from './layers/cam.js'

/**
 * XGrad-CAM: channels A_k of a layer, weighted by the mean of the gradient of logit f, each position by its share of the channel:
 *
 *     map = relu(sum over k of w_k A_k),    w_k = sum over i of A_ki df/dA_ki / sum over i of A_ki
 *
 * A channel whose activations add up to 0 counts nothing. Summed over the layer, the signed map is gradient (.) activation, channel by channel.
 */
export const xGradCam = cam({
  name: 'x-grad-cam',
  cite: 'Fu, Hu, Dong, Guo, Gao & Li 2020, Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs, arXiv 2008.02312',
  combine: weighingChannels((activation, gradient) => {
    const sum = sumOf(activation)
    let product = 0
    for (let i = 0; i < activation.length; i++) product += activation[i]! * gradient[i]!
    return sum === 0 ? 0 : product / sum
  })
})
