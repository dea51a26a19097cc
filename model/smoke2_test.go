package model
import ("testing";"edgeclr/model/arch";"edgeclr/model/weights";"fmt")
func TestW(t *testing.T){
 s,err:=weights.ReadFile("../.deps/weights/efficientnet_lite0.pth",weights.Limits{})
 if err!=nil{t.Fatal(err)}
 a,_:=arch.Get("efficientnet_lite0")
 for i,sp:=range a.Specs(){ if i<12 { x,_:=s.Find(sp.Name); fmt.Println(sp.Name,sp.Shape,x.Shape,x.Data[:4]) } }
}
