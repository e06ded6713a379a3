// The Equal Earth projection of Šavrič, Patterson and Jenny (2018), as in worldmap.py.
const A = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;
const EDGE = [2.7066, 1.3173];
export const [WIDTH, HEIGHT] = [1000, 487];

export function project([longitude, latitude]) {
  const radians = Math.PI / 180;
  const theta = Math.asin(M * Math.sin(latitude * radians));
  const squared = theta * theta;
  const sixth = squared ** 3;
  const slope = 9 * A[3] * sixth * squared + 7 * A[2] * sixth + 3 * A[1] * squared + A[0];
  const x = (longitude * radians * Math.cos(theta)) / (M * slope);
  const y = theta * (A[0] + A[1] * squared + sixth * (A[2] + A[3] * squared));
  return [(WIDTH / 2) * (1 + x / EDGE[0]), (HEIGHT / 2) * (1 - y / EDGE[1])];
}
