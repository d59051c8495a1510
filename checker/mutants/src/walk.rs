//! Walks over a program and collects its mutants, knowing in which function it is.

use crate::notes::Notes;
use crate::{Mutant, calls, expressions, orders, sections, statements};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, File, ImplItemFn, Item, ItemFn, ItemImpl, ItemMod, Macro, Token, Type};

/// The walk: where it is, and what it has found.
pub(crate) struct Walk<'a> {
    /// The type whose `impl` we are in.
    owner: Option<String>,
    notes: Notes<'a>,
}

impl<'a> Walk<'a> {
    /// All mutants of `file`, which was read from `source`.
    pub(crate) fn over(source: &'a str, file: &File) -> Vec<Mutant> {
        let mut walk = Walk { owner: None, notes: Notes { source, function: None, found: Vec::new() } };
        walk.visit_file(file);
        walk.notes.found
    }

    fn in_function(&mut self, name: String, inside: impl FnOnce(&mut Walk<'a>)) {
        let name = match &self.owner {
            Some(owner) => format!("{owner}::{name}"),
            None => name,
        };
        // A function inside another is named after the outer one as well.
        let name = self.notes.function.as_ref().map_or(name.clone(), |outer| format!("{outer}::{name}"));
        let outer = self.notes.function.replace(name);
        inside(self);
        self.notes.function = outer;
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let named = |name| attribute.path().is_ident(name);
        let list =
            || attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("test"));
        named("test") || (named("cfg") && list())
    })
}

/// The name of a type without its parameters.
fn name_of(of: &Type) -> String {
    match of {
        Type::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()).unwrap_or_default(),
        Type::Reference(reference) => name_of(&reference.elem),
        _ => "impl".to_owned(),
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            // What a type or a constant says can't be wrong in one of our ways and compile.
            Item::Use(_) | Item::Struct(_) | Item::Enum(_) | Item::Type(_) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_impl(&mut self, it: &'ast ItemImpl) {
        let outer = self.owner.replace(name_of(&it.self_ty));
        visit::visit_item_impl(self, it);
        self.owner = outer;
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if !is_test(&function.attrs) {
            self.in_function(function.sig.ident.to_string(), |walk| {
                statements::of_function(&mut walk.notes, &function.sig, &function.block);
                visit::visit_block(walk, &function.block);
                block(&mut walk.notes, &function.block);
            });
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.in_function(function.sig.ident.to_string(), |walk| {
            statements::of_function(&mut walk.notes, &function.sig, &function.block);
            visit::visit_block(walk, &function.block);
            block(&mut walk.notes, &function.block);
        });
    }

    fn visit_block(&mut self, it: &'ast Block) {
        block(&mut self.notes, it);
        visit::visit_block(self, it);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        calls::of(&mut self.notes, expression);
        orders::of(&mut self.notes, expression);
        expressions::of(&mut self.notes, expression);
        visit::visit_expr(self, expression);
    }

    fn visit_macro(&mut self, it: &'ast Macro) {
        // `assert!`, `writeln!`, `vec!` and most others: arguments between commas. Another grammar has no mutants.
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(arguments) = arguments.parse2(it.tokens.clone()) {
            for argument in &arguments {
                // A message is not what a contract is about.
                if !matches!(argument, Expr::Lit(_)) {
                    self.visit_expr(&argument.clone());
                }
            }
        }
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_type(&mut self, _: &'ast Type) {}

    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
}

fn block(notes: &mut Notes<'_>, it: &Block) {
    // Of two operators that make the same program, the first names it: the one that says more.
    sections::of(notes, it);
    statements::of(notes, it);
}
