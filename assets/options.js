/**
 * How menus draw an option that has a formula: its name, and the formula beside it in small type.
 * A plain script, because Dash wants the function to be there before it draws its first menu.
 * The formula is a pseudo-element of style.css: the option's name stays its name.
 */
window.dashMantineFunctions = {
  ...window.dashMantineFunctions,
  withFormula: ({ option }) =>
    window.React.createElement("span", { className: "with-formula", "data-formula": option.formula, title: option.formula }, option.label),
};
