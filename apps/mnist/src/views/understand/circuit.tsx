/** Five NANDs that add two bits. */
import { adder, type Bit, runCircuit } from "@dlcc/course";
import { useState } from "preact/hooks";

/** Where the middle of each gate is, and of each end of a wire. */
const places: Readonly<Record<string, readonly [x: number, y: number]>> = {
  a: [24, 40],
  b: [24, 186],
  "not both": [130, 120],
  left: [230, 52],
  right: [230, 176],
  sum: [330, 92],
  carry: [230, 250],
};
const [width, height] = [64, 38];

/** The circuit, whose two inputs can be switched. */
export function Circuit() {
  const [a, setA] = useState<Bit>(1);
  const [b, setB] = useState<Bit>(1);
  const bits = runCircuit(adder, { a, b });
  const { carry = 0, sum = 0 } = bits;
  const from = (name: string): readonly [number, number] => {
    const [x, y] = places[name] ?? [0, 0];
    return [x + (name.length === 1 ? 30 : width / 2), y];
  };
  return (
    <section class="card circuit" aria-labelledby="circuit">
      <h2 id="circuit">Five perceptrons that add</h2>
      <p>
        Each gate is the course's NAND: weights −2, −2 and threshold −3. Switch the inputs; a wire that carries a 1 is
        orange.
      </p>
      <div class="controls">
        {(
          [
            ["a", a, setA],
            ["b", b, setB],
          ] as const
        ).map(([name, bit, set]) => (
          <button key={name} type="button" aria-pressed={bit === 1} onClick={() => set(bit ? 0 : 1)}>
            {name} = {bit}
          </button>
        ))}
      </div>
      <svg class="figure gates" viewBox="0 0 444 280">
        <title>A circuit of NANDs: from a and b to their sum and carry</title>
        {adder.flatMap(({ name, inputs }) =>
          inputs.map((input, i) => {
            const [x, y] = from(input);
            const [toX = 0, toY = 0] = places[name] ?? [];
            const end = [toX - width / 2, toY + (i === 0 ? -9 : 9)] as const;
            const middle = (x + end[0]) / 2;
            return (
              <path
                key={`${name} ${i}`}
                class={bits[input] ? "wire on" : "wire"}
                d={`M${x},${y}C${middle},${y} ${middle},${end[1]} ${end[0]},${end[1]}`}
              />
            );
          }),
        )}
        {(["sum", "carry"] as const).map((name) => {
          const [x, y] = from(name);
          return <path key={name} class={bits[name] ? "wire on" : "wire"} d={`M${x},${y}H424`} />;
        })}
        {adder.map(({ name }) => {
          const [x = 0, y = 0] = places[name] ?? [];
          return (
            <g key={name} class={bits[name] ? "gate on" : "gate"}>
              <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx="9" />
              <text x={x} y={y + 5} text-anchor="middle">
                NAND
              </text>
            </g>
          );
        })}
        {Object.entries({ a, b }).map(([name, bit]) => {
          const [x = 0, y = 0] = places[name] ?? [];
          return (
            <text key={name} class="end" x={x} y={y + 5} text-anchor="middle">
              {name} = {bit}
            </text>
          );
        })}
        <text class="end" x="442" y="84" text-anchor="end">
          sum = {sum}
        </text>
        <text class="end" x="442" y="242" text-anchor="end">
          carry = {carry}
        </text>
      </svg>
      <p class="verdict" aria-live="polite" data-testid="adder">
        {a} + {b} = {2 * carry + sum}: carry {carry}, sum {sum}.
      </p>
    </section>
  );
}
