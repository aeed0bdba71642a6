// Runs inside the page: what a person would see of the report, as numbers.
window.measure = (() => {
  const box = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  };

  const sticksOut = (part, inside) => {
    const { x, y, width, height } = box(part);
    const slack = 1.5;
    return (
      width > 0 &&
      (x < inside.x - slack ||
        x + width > inside.x + inside.width + slack ||
        y < inside.y - slack ||
        y + height > inside.y + inside.height + slack)
    );
  };

  /** The picture that is shown, and each card in it: its name as drawn, and what sticks out of it. */
  const picture = () => {
    const shown = [...document.querySelectorAll("svg.picture")].filter(
      (one) => getComputedStyle(one).display !== "none",
    );
    const [svg] = shown;
    const scale = svg ? box(svg).width / Number(svg.getAttribute("width")) : 1;
    const cards = svg ? [...svg.querySelectorAll("g.card")] : [];
    return {
      pictures: shown.length,
      svg: svg ? box(svg) : null,
      cards: cards.map((card) => {
        const inside = box(card.querySelector(".body"));
        return {
          host: card.getAttribute("data-host"),
          door: card.getAttribute("data-door"),
          box: inside,
          name: [...card.querySelectorAll(".name tspan")].map((line) => line.textContent).join(""),
          fontSize: parseFloat(getComputedStyle(card.querySelector(".name")).fontSize) * scale,
          sticking: [...card.querySelectorAll("text, tspan, rect")]
            .filter((part) => sticksOut(part, inside))
            .map((part) => part.textContent || part.tagName),
        };
      }),
    };
  };

  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data];
  };

  /** Relative luminance (WCAG 2.2). */
  const luminance = (colour) => {
    const [r, g, b] = colour
      .slice(0, 3)
      .map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };

  /** Texts whose contrast is below 4.5 (WCAG 2.2, AA). */
  const weakTexts = () =>
    [...document.querySelectorAll("h1, h2, h3, p, td, th, li, a, summary, .badge, strong, code, .soft")].flatMap(
      (element) => {
        if (element.textContent === "" || element.closest("svg") !== null) return [];
        const pair = [luminance(rgb(getComputedStyle(element).color)), luminance(ground(element))];
        const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        return contrast < 4.5 ? [`${element.tagName} ${element.className} ${contrast.toFixed(2)}`] : [];
      },
    );

  const namelessTables = () =>
    [...document.querySelectorAll("table")].filter((table) => !table.caption || table.caption.textContent === "")
      .length;

  return { picture, weakTexts, namelessTables };
})();
