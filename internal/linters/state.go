package linters

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// State finds init functions and package-level variables that change: assigned in a function, or made to change (a channel,
// a lock, an atomic, a map without entries). Tables and error values stay allowed, and so do the flags of tests.
//
// It sees what the syntax of one package shows: a variable that changes through a pointer or a method escapes it.
func State(sources []Source) []string {
	var findings []string
	packages := map[string][]Source{}
	for _, s := range sources {
		if !s.IsTest() && !ast.IsGenerated(s.File) {
			packages[s.Folder()] = append(packages[s.Folder()], s)
		}
	}
	for _, files := range packages {
		findings = append(findings, stateOf(files)...)
	}
	slices.Sort(findings)
	return findings
}

func stateOf(files []Source) []string {
	var findings []string
	info := resolve(files)
	for _, s := range files {
		for _, decl := range s.File.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					findings = append(findings, s.finding(d.Pos(), "no init functions: let a caller decide when and how"))
				}
				findings = append(findings, changes(s, d, info)...)
			case *ast.GenDecl:
				findings = append(findings, changeable(s, d)...)
			}
		}
	}
	return findings
}

// resolve tells which variable a name means. It does not load imports, and ignores the errors that follow: the names of
// the package itself resolve without imports.
func resolve(files []Source) *types.Info {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Error: func(error) {}, FakeImportC: true}
	trees := make([]*ast.File, len(files))
	for i, s := range files {
		trees[i] = s.File
	}
	_, _ = config.Check(files[0].Folder(), files[0].Set, trees, info)
	return info
}

// changes finds assignments to package-level variables.
func changes(s Source, f *ast.FuncDecl, info *types.Info) []string {
	var findings []string
	assigned := func(target ast.Expr) {
		name := root(target)
		if name == nil {
			return
		}
		if v, ok := info.Uses[name].(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			findings = append(findings, s.finding(target.Pos(), "the package-level variable %s changes here; make it a field of what uses it", name.Name))
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, target := range n.Lhs {
				assigned(target)
			}
		case *ast.IncDecStmt:
			assigned(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				assigned(n.Key)
				assigned(n.Value)
			}
		}
		return true
	})
	return findings
}

// root is the variable that an assignment to e changes: a of a, a.b, a[i], a.b[i].c.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// changeable finds package-level variables of a type that exists to be changed.
func changeable(s Source, d *ast.GenDecl) []string {
	if d.Tok != token.VAR {
		return nil
	}
	var findings []string
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		if madeToChange(v.Type) || (len(v.Values) == 0 && isMap(v.Type)) || slices.ContainsFunc(v.Values, madeToChange) {
			findings = append(findings, s.finding(v.Pos(), "%s is package-level state; make it a field of what uses it", v.Names[0].Name))
		}
	}
	return findings
}

// madeToChange tells whether a type, or the type of a value, exists to be changed. It sees only the syntax.
func madeToChange(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.ChanType:
		return true
	case *ast.StarExpr:
		return madeToChange(x.X)
	case *ast.UnaryExpr:
		return madeToChange(x.X)
	case *ast.CompositeLit:
		return madeToChange(x.Type)
	case *ast.IndexExpr: // atomic.Pointer[T]
		return madeToChange(x.X)
	case *ast.CallExpr:
		f, ok := x.Fun.(*ast.Ident)
		return ok && (f.Name == "make" || f.Name == "new")
	case *ast.SelectorExpr:
		p, ok := x.X.(*ast.Ident)
		return ok && (p.Name == "sync" || p.Name == "atomic")
	}
	return false
}

func isMap(e ast.Expr) bool {
	_, ok := e.(*ast.MapType)
	return ok
}
